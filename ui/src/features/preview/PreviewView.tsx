import { Button } from "@mantine/core";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { Status } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { ExportButton } from "../../kit/ExportButton";
import { Page } from "../../kit/Page";
import { PlanBody } from "./Plan";
import { PushButton } from "./PushButton";
import { usePlan } from "./usePlan";

/** What the next push would change in HubSpot. */
export function PreviewView({ status }: { status: Status }) {
  const t = useWords();
  const { open } = useNavigation();
  const backend = useBackend();
  const plan = usePlan();
  const { summary } = plan;
  return (
    <Page
      title={t("preview.title")}
      actions={
        summary && (
          <>
            <Button variant="default" disabled={plan.making} onClick={plan.make}>
              {plan.making ? t("preview.making") : t("preview.again")}
            </Button>
            <ExportButton
              label={t("preview.export")}
              done={t("preview.exported")}
              write={backend.exportPlan}
            />
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
