import { Button } from "@mantine/core";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { Status } from "../../ipc/backend";
import { Page } from "../../kit/Page";
import { PlanBody, PlanLead } from "./Plan";
import { PushButton } from "./PushButton";
import { usePlan } from "./usePlan";

/** What the next push would change in HubSpot. */
export function PreviewView({ status }: { status: Status }) {
  const t = useWords();
  const { open } = useNavigation();
  const plan = usePlan();
  const { summary } = plan;
  return (
    <Page
      title={t("preview.title")}
      lead={summary && <PlanLead summary={summary} />}
      actions={
        summary && (
          <>
            <Button variant="default" disabled={plan.making} onClick={plan.make}>
              {plan.making ? t("preview.making") : t("preview.again")}
            </Button>
            <PushButton summary={summary} status={status} plan={plan} onPushed={() => open("overview")} />
          </>
        )
      }
      fill
    >
      <PlanBody plan={plan} status={status} />
    </Page>
  );
}
