import { asProblem, type Backend, type Unlisten } from "./backend";
import { commands, events } from "./bindings";

/** The backend of the app itself: Tauri's commands and events. */
export const tauriBackend: Backend = {
  ...withProblems(commands),
  onStatus: (tell) => subscribe(events.statusChanged.listen((event) => tell(event.payload))),
  onChecklist: (tell) => subscribe(events.checklistChanged.listen((event) => tell(event.payload))),
  onData: (tell) => subscribe(events.dataChanged.listen((event) => tell(event.payload))),
};

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
