import { useWords } from "../../i18n/words";
import { Page } from "../../kit/Page";
import { StandsStill } from "../../kit/StandsStill";
import { SubscriptionsTable } from "./SubscriptionsTable";

/** All subscriptions with their MRR. */
export function SubscriptionsView() {
  const t = useWords();
  return (
    <Page title={t("subscriptions.title")} fill>
      <StandsStill rows={["coupons", "prices", "products", "charges", "events"]} />
      <SubscriptionsTable />
    </Page>
  );
}
