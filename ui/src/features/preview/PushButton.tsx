import { Button } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { PlanSummary, Status } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { showProblem } from "../../kit/showProblem";
import { useAction } from "../../kit/useAction";
import { changesOf, type PlanState } from "./usePlan";

interface PushButtonProps {
  summary: PlanSummary;
  status: Status;
  plan: PlanState;
  onPushed: () => void;
}

/** Carries out exactly the plan that is shown. */
export function PushButton({ summary, status, plan, onPushed }: PushButtonProps) {
  const t = useWords();
  const backend = useBackend();
  const push = useAction(async () => {
    try {
      await backend.push(summary.id);
      onPushed();
    } catch (cause) {
      showProblem(t, cause);
    }
  });
  const changes = changesOf(summary) - summary.waiting;
  const words = summary.needsApproval === "otherInstallation" ? "preview.takeOver" : "preview.push";
  return (
    <Button
      disabled={changes === 0 || push.busy || plan.making || status.progress !== null}
      onClick={() => void push.run()}
    >
      {t(words, { count: changes })}
    </Button>
  );
}
