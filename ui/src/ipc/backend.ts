import type { Checklist, commands, DataKind, Problem, Status } from "./bindings";

export type * from "./bindings";

/** What the window may ask of Rust. Every promise that fails, fails with a [`Problem`]. */
type Commands = typeof commands;

/** Ends a subscription. */
export type Unlisten = () => void;

/** The one way from the window to Rust. */
export interface Backend extends Commands {
  /** Tells each change of the state. */
  onStatus(tell: (status: Status) => void): Unlisten;
  /** Tells each change of a checklist. */
  onChecklist(tell: (checklist: Checklist) => void): Unlisten;
  /** Tells which other data has changed. */
  onData(tell: (kinds: DataKind[]) => void): Unlisten;
}

/** What failed, as a problem: anything Rust did not name itself is `unexpected`. */
export function asProblem(cause: unknown): Problem {
  if (isProblem(cause)) return cause;
  return { code: "unexpected", params: {}, action: null, requestId: null };
}

function isProblem(cause: unknown): cause is Problem {
  return typeof cause === "object" && cause !== null && "code" in cause && "params" in cause;
}
