import { useWords } from "../../i18n/words";
import type { Setup, Status } from "../../ipc/backend";
import { PlanBody, PlanLead } from "../preview/Plan";
import { PushButton } from "../preview/PushButton";
import { usePlan } from "../preview/usePlan";
import { StepPage } from "./StepPage";
import { stepIndex, useGoToStep } from "./steps";

/** What the first sync would change in HubSpot. */
export function PreviewStep({ setup, status }: { setup: Setup; status: Status }) {
  const t = useWords();
  const goToStep = useGoToStep();
  const plan = usePlan({ makeMissing: true });
  const summary = plan.summary;
  const mayGoOn = stepIndex(setup.reached) > stepIndex("preview");
  const push = summary !== null && !mayGoOn;
  return (
    <StepPage
      setup={setup}
      title={t("preview.title")}
      lead={summary && <PlanLead summary={summary} />}
      fill
      primary={
        push ? (
          <PushButton
            summary={summary}
            status={status}
            plan={plan}
            onPushed={() => void goToStep("firstSync")}
          />
        ) : undefined
      }
    >
      <PlanBody plan={plan} status={status} />
    </StepPage>
  );
}
