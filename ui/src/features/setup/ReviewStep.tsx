import { useWords } from "../../i18n/words";
import type { Setup } from "../../ipc/backend";
import { SubscriptionsTable } from "../subscriptions/SubscriptionsTable";
import { StepPage } from "./StepPage";

/** The subscriptions and their MRR, before anything goes to HubSpot. */
export function ReviewStep({ setup }: { setup: Setup }) {
  const t = useWords();
  return (
    <StepPage setup={setup} title={t("review.title")} lead={t("review.lead")} fill>
      <SubscriptionsTable />
    </StepPage>
  );
}
