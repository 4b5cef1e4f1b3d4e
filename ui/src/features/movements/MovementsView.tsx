import { Button } from "@mantine/core";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import { Page } from "../../kit/Page";
import { StandsStill } from "../../kit/StandsStill";
import { MovementsTable } from "./MovementsTable";

/** Every dated change of MRR, newest first; at first those of `month`, where one is named. */
export function MovementsView({ month }: { month: string | null }) {
  const t = useWords();
  const { open } = useNavigation();
  return (
    <Page
      title={t("movements.title")}
      actions={
        <Button variant="default" onClick={() => open("reconciliation")}>
          {t("movements.reconcile")}
        </Button>
      }
      fill
    >
      <StandsStill rows={["invoices", "events", "coupons", "prices"]} />
      <MovementsTable month={month} />
    </Page>
  );
}
