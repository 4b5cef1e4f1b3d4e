import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatDate } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { Renewal } from "../../ipc/backend";
import { allRows } from "../../ipc/paged";
import { columnsOf, DataTable } from "../../kit/DataTable";
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
      {renewals.length === 0 && <p className={classes.muted}>{t("renewals.none")}</p>}
      {all ? (
        <AllRenewals renewals={renewals} onOpen={onOpen} />
      ) : (
        <FirstRenewals renewals={renewals.slice(0, FIRST)} onOpen={onOpen} />
      )}
    </section>
  );
}

/** The soonest ones, as a plain table. */
function FirstRenewals({ renewals, onOpen }: RenewalsProps) {
  const t = useWords();
  if (renewals.length === 0) return null;
  return (
    <table className={classes.table}>
      <thead className="visuallyHidden">
        <tr>
          <th scope="col">{t("renewals.day")}</th>
          <th scope="col">{t("subscriptions.column.customer")}</th>
          <th scope="col">{t("subscriptions.column.mrr")}</th>
        </tr>
      </thead>
      <tbody>
        {renewals.map(({ subscription, at, customer, mrr }) => (
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
  );
}

/** All of them, of which only those in view are drawn. */
function AllRenewals({ renewals, onOpen }: RenewalsProps) {
  const t = useWords();
  const columns = useMemo(() => makeColumns(t), [t]);
  const rows = useMemo(() => allRows(renewals), [renewals]);
  return (
    <div className={classes.allRenewals}>
      <DataTable
        label={t("renewals.title")}
        columns={columns}
        rows={rows}
        onOpen={({ subscription }) => onOpen(subscription)}
        empty={null}
      />
    </div>
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<Renewal>();
  return column.columns([
    column.accessor("at", {
      header: t("renewals.day"),
      meta: { width: "92px" },
      cell: ({ getValue }) => formatDate(new Date(getValue())),
    }),
    column.accessor("customer", {
      header: t("subscriptions.column.customer"),
      meta: { width: "minmax(80px, 1fr)" },
    }),
    column.accessor("mrr", {
      header: t("subscriptions.column.mrr"),
      meta: { width: "116px", align: "right" },
      cell: ({ getValue }) => <Money value={getValue()} />,
    }),
  ]);
}
