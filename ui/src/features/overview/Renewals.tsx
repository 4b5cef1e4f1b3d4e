import { Button } from "@mantine/core";
import { useState } from "react";
import { formatDate } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { Renewal } from "../../ipc/backend";
import { Money } from "../../kit/Money";
import classes from "./overview.module.css";

const FIRST = 6;

interface RenewalsProps {
  renewals: Renewal[];
  onOpen: (subscription: string) => void;
}

/** What renews within 30 days, soonest first. */
export function Renewals({ renewals, onOpen }: RenewalsProps) {
  const t = useWords();
  const [all, setAll] = useState(false);
  const rows = all ? renewals : renewals.slice(0, FIRST);
  return (
    <section>
      <div className={classes.headingLine}>
        <h2>{t("renewals.title")}</h2>
        {renewals.length > FIRST && (
          <Button variant="subtle" size="xs" aria-expanded={all} onClick={() => setAll((now) => !now)}>
            {all ? t("renewals.fewer") : t("renewals.all", { count: renewals.length })}
          </Button>
        )}
      </div>
      {rows.length === 0 ? (
        <p className={classes.muted}>{t("renewals.none")}</p>
      ) : (
        <table className={classes.table}>
          <thead className="visuallyHidden">
            <tr>
              <th scope="col">{t("renewals.day")}</th>
              <th scope="col">{t("subscriptions.column.customer")}</th>
              <th scope="col">{t("subscriptions.column.mrr")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ subscription, at, customer, mrr }) => (
              <tr key={subscription} onClick={() => onOpen(subscription)}>
                <td className={classes.day}>{formatDate(new Date(at))}</td>
                <td>
                  <button type="button" className={classes.open}>
                    {customer}
                  </button>
                </td>
                <td className={classes.number}>
                  <Money value={mrr} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
