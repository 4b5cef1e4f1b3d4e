import { useWords } from "../../i18n/words";
import { Page } from "../../kit/Page";
import { SubscriptionsTable } from "./SubscriptionsTable";

/** All subscriptions with their MRR. */
export function SubscriptionsView() {
  const t = useWords();
  return (
    <Page title={t("subscriptions.title")} fill>
      <SubscriptionsTable />
    </Page>
  );
}
