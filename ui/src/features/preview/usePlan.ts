import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { PlanSummary, Problem } from "../../ipc/backend";
import { queries, useBackend, usePlanSummary } from "../../ipc/queries";
import { useAction } from "../../kit/useAction";

/** The plan, and how it is made anew. */
export interface PlanState {
  /** `null` while there is none. */
  summary: PlanSummary | null;
  loading: boolean;
  making: boolean;
  problem: Problem | null;
  make: () => void;
}

/** How many records and links a plan writes, those that wait included. */
export function changesOf({ creates, updates, removals, associations }: PlanSummary): number {
  return creates + updates + removals + associations;
}

/** The plan as it stands. With `makeMissing`, one is made where there is none. */
export function usePlan({ makeMissing = false }: { makeMissing?: boolean } = {}): PlanState {
  const backend = useBackend();
  const cache = useQueryClient();
  const known = usePlanSummary();
  const making = useAction(async () => {
    const summary = await backend.makePlan();
    cache.setQueryData(queries.planSummary(backend).queryKey, summary);
    await cache.invalidateQueries({ queryKey: ["planRows"] });
  });
  const missing = makeMissing && known.data === null && making.problem === null;
  useEffect(() => {
    if (missing) void making.run();
  }, [missing, making.run]);
  return {
    summary: known.data ?? null,
    loading: known.isPending,
    making: making.busy,
    problem: making.problem ?? known.error,
    make: () => void making.run(),
  };
}
