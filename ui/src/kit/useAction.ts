import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "../ipc/backend";

/** Something the user may start, with what came of it. Its arguments are kept nowhere. */
export interface Act<Args extends unknown[]> {
  /** Starts it; tells whether it succeeded. While it runs, further starts do nothing. */
  run: (...args: Args) => Promise<boolean>;
  busy: boolean;
  problem: Problem | null;
  /** Puts the problem away. */
  clear: () => void;
}

/** Runs `start` on the user's word, and holds its problem until the next try. */
export function useAction<Args extends unknown[]>(start: (...args: Args) => Promise<unknown>): Act<Args> {
  const latest = useRef(start);
  useEffect(() => {
    latest.current = start;
  });
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const run = useCallback(async (...args: Args) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await latest.current(...args);
      return true;
    } catch (cause) {
      setProblem(asProblem(cause));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(null), []);
  return { run, busy, problem, clear };
}
