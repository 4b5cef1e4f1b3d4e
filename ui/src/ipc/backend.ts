import type {
  Checklist,
  commands,
  DataKind,
  Forgotten,
  Problem,
  Status,
  WorkspaceId,
  WorkspaceList,
  WorkspaceRow,
} from "./bindings";

export type * from "./bindings";

/** What the window may ask of Rust. Every promise that fails, fails with a [`Problem`]. */
type Commands = typeof commands;

/** Commands about ClearSync as a whole. All others begin with the workspace that they are about. */
export const ABOUT_ALL = [
  "workspaces",
  "showWorkspace",
  "addWorkspace",
  "removeWorkspace",
  "forget",
  "openLink",
  "playbooks",
  "diagnostics",
  "saveDiagnostics",
] as const satisfies (keyof Commands)[];
type AboutAll = (typeof ABOUT_ALL)[number];

/** A command without the workspace it begins with. */
type Within<Command> = Command extends (workspace: WorkspaceId, ...rest: infer Rest) => infer Answer
  ? (...rest: Rest) => Answer
  : never;

/** Ends a subscription. */
export type Unlisten = () => void;

/** The way from the window to one workspace in Rust. It reaches no other. */
export type Backend = Pick<Commands, AboutAll> & {
  [Name in Exclude<keyof Commands, AboutAll>]: Within<Commands[Name]>;
} & {
  /** Tells each change of the state. */
  onStatus(tell: (status: Status) => void): Unlisten;
  /** Tells each change of a checklist. */
  onChecklist(tell: (checklist: Checklist) => void): Unlisten;
  /** Tells which other data has changed. */
  onData(tell: (kinds: DataKind[]) => void): Unlisten;
};

/** The one way from the window to Rust. */
export interface Shell {
  /** All workspaces, and the one that was shown last. */
  workspaces(): Promise<WorkspaceList>;
  /** Shows another. */
  showWorkspace(id: WorkspaceId): Promise<WorkspaceList>;
  /** Adds one for another account. */
  addWorkspace(): Promise<WorkspaceList>;
  /** Forgets one of them. */
  removeWorkspace(id: WorkspaceId): Promise<Forgotten>;
  /** Forgets them all. */
  forget(): Promise<Forgotten>;
  /** Tells each change of what is shown of the workspaces. */
  onWorkspaces(tell: (rows: WorkspaceRow[]) => void): Unlisten;
  /** The way to one of them. */
  workspace(id: WorkspaceId): Backend;
}

/**
 * The same way, until it is closed: what comes back later is told to nobody, so that nothing of one account is ever said
 * while another is shown.
 */
export function untilClosed(backend: Backend, closed: AbortSignal): Backend {
  const nobody = new Promise<never>(() => undefined);
  return new Proxy(backend, {
    get: (target, name: keyof Backend) => {
      const command = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const answer = command(...args);
        if (!(answer instanceof Promise)) return answer;
        return answer.then(
          (value) => (closed.aborted ? nobody : value),
          (cause) => (closed.aborted ? nobody : Promise.reject(cause)),
        );
      };
    },
  });
}

/** What failed, as a problem: anything Rust did not name itself is `unexpected`. */
export function asProblem(cause: unknown): Problem {
  if (isProblem(cause)) return cause;
  return { code: "unexpected", params: {}, action: null, requestId: null };
}

function isProblem(cause: unknown): cause is Problem {
  return typeof cause === "object" && cause !== null && "code" in cause && "params" in cause;
}
