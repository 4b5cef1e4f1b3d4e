import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { SubscriptionRow } from "../../ipc/backend";
import { Money } from "../../kit/Money";
import { StripeStatus } from "../subscriptions/StripeStatus";
import { SubscriptionDrawer } from "../subscriptions/SubscriptionDrawer";
import classes from "./overview.module.css";

/** The subscriptions with the highest MRR; each opens its explanation. */
export function LargestSubscriptions({ rows }: { rows: SubscriptionRow[] }) {
  const t = useWords();
  const { open } = useNavigation();
  const [shown, setShown] = useState<string | null>(null);
  if (rows.length === 0) return null;
  return (
    <section>
      <div className={classes.headingLine}>
        <h2>{t("overview.largest")}</h2>
        <Button variant="subtle" size="xs" onClick={() => open("subscriptions")}>
          {t("overview.all")}
        </Button>
      </div>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("subscriptions.column.customer")}</th>
            <th scope="col" className={classes.plans}>
              {t("subscriptions.column.plans")}
            </th>
            <th scope="col">{t("subscriptions.column.status")}</th>
            <th scope="col" className={classes.number}>
              {t("subscriptions.column.mrr")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} onClick={() => setShown(row.id)}>
              <td>
                <button type="button" className={classes.open} onClick={() => setShown(row.id)}>
                  {row.customer}
                </button>
              </td>
              <td className={classes.plans}>{row.plans}</td>
              <td>
                <StripeStatus status={row.status} />
              </td>
              <td className={classes.number}>
                <Money value={row.mrr} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <SubscriptionDrawer id={shown} onClose={() => setShown(null)} />
    </section>
  );
}
