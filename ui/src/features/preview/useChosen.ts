import { useState } from "react";

/** The rows of a table that the user ticked. */
export interface Chosen {
  ids: ReadonlySet<number>;
  toggle: (id: number) => void;
  clear: () => void;
}

const NONE: ReadonlySet<number> = new Set();

/** Holds what is ticked in the plan `plan`; another plan starts with nothing. */
export function useChosen(plan: number): Chosen {
  const [held, setHeld] = useState({ plan, ids: NONE });
  const ids = held.plan === plan ? held.ids : NONE;
  return {
    ids,
    toggle: (id) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setHeld({ plan, ids: next });
    },
    clear: () => setHeld({ plan, ids: NONE }),
  };
}
