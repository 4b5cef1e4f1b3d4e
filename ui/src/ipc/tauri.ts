import { ABOUT_ALL, asProblem, type Backend, type Shell, type Unlisten, type WorkspaceId } from "./backend";
import { commands, events } from "./bindings";

const safe = withProblems(commands);

/** The shell of the app itself: Tauri's commands and events. */
export const tauriShell: Shell = {
  workspaces: safe.workspaces,
  showWorkspace: safe.showWorkspace,
  addWorkspace: safe.addWorkspace,
  removeWorkspace: safe.removeWorkspace,
  forget: safe.forget,
  onWorkspaces: (tell) => subscribe(events.workspacesChanged.listen((event) => tell(event.payload))),
  workspace: backendOf,
};

/** Every command about one workspace names it, and events of others are not heard. */
function backendOf(id: WorkspaceId): Backend {
  const aboutAll: readonly string[] = ABOUT_ALL;
  const within = Object.entries(safe).map(([name, command]) => {
    const about = command as (...args: unknown[]) => Promise<unknown>;
    return [name, aboutAll.includes(name) ? about : (...args: unknown[]) => about(id, ...args)];
  });
  const own =
    <Payload extends { workspace: WorkspaceId }>(tell: (payload: Payload) => void) =>
    (event: { payload: Payload }) => {
      if (event.payload.workspace === id) tell(event.payload);
    };
  return {
    ...(Object.fromEntries(within) as Omit<Backend, "onStatus" | "onChecklist" | "onData">),
    onStatus: (tell) => subscribe(events.statusChanged.listen(own(({ status }) => tell(status)))),
    onChecklist: (tell) => subscribe(events.checklistChanged.listen(own(({ checklist }) => tell(checklist)))),
    onData: (tell) => subscribe(events.dataChanged.listen(own(({ kinds }) => tell(kinds)))),
  };
}

function subscribe(listening: Promise<Unlisten>): Unlisten {
  return () => void listening.then((unlisten) => unlisten());
}

/** Wraps every command, so that a failure is a problem whatever caused it. */
function withProblems<C extends Record<string, (...args: never[]) => Promise<unknown>>>(all: C): C {
  const wrapped = Object.entries(all).map(([name, command]) => {
    const call = async (...args: never[]) => {
      try {
        return await command(...args);
      } catch (cause) {
        throw asProblem(cause);
      }
    };
    return [name, call];
  });
  return Object.fromEntries(wrapped) as C;
}
