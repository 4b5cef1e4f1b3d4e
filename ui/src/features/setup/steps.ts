import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useWords } from "../../i18n/words";
import type { SetupStep } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { showProblem } from "../../kit/showProblem";

/** The steps in their order. */
export const SETUP_STEPS = [
  "welcome",
  "stripeKey",
  "permissions",
  "hubSpot",
  "whatToCreate",
  "import",
  "review",
  "preview",
  "firstSync",
  "keepInSync",
] as const satisfies readonly SetupStep[];

/** The place of a step, from nought. */
export const stepIndex = (step: SetupStep): number => SETUP_STEPS.indexOf(step);

/** The steps before and after one. */
export function neighbours(step: SetupStep): { back: SetupStep | undefined; next: SetupStep | undefined } {
  const index = stepIndex(step);
  return { back: SETUP_STEPS[index - 1], next: SETUP_STEPS[index + 1] };
}

/** Opens a step. Rust decides whether it may be opened. */
export function useGoToStep(): (step: SetupStep) => Promise<void> {
  const backend = useBackend();
  const cache = useQueryClient();
  const t = useWords();
  return useCallback(
    async (step) => {
      try {
        const setup = await backend.goToStep(step);
        cache.setQueryData(queries.setup(backend).queryKey, setup);
      } catch (cause) {
        showProblem(t, cause);
      }
    },
    [backend, cache, t],
  );
}
