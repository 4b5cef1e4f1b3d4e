import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type RefObject, useMemo, useState } from "react";
import { useWords, type Words } from "../../i18n/words";
import type {
  PolicyPreviewRow,
  PolicySwitches,
  PolicyTotals,
  PolicyPreview as Preview,
} from "../../ipc/backend";
import { useRowsInMemory } from "../../ipc/paged";
import { queries, useBackend } from "../../ipc/queries";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { SubscriptionDrawer } from "../subscriptions/SubscriptionDrawer";
import { causesText } from "./causesText";
import classes from "./policy.module.css";

const ASK_AFTER_MS = 250;

interface PolicyPreviewProps {
  switches: PolicySwitches;
  /** Whether they differ from the rules in use. */
  changed: boolean;
  /** Takes the focus once they no longer do. */
  heading: RefObject<HTMLHeadingElement | null>;
}

/** What these rules would make of MRR: by currency, and subscription by subscription. */
export function PolicyPreview({ switches, changed, heading }: PolicyPreviewProps) {
  const t = useWords();
  const [settled] = useDebouncedValue(switches, ASK_AFTER_MS);
  const preview = useQuery({
    ...queries.policyPreview(useBackend(), settled),
    placeholderData: keepPreviousData,
    enabled: changed,
  });
  return (
    <section>
      <h2 ref={heading} tabIndex={-1} className={classes.heading}>
        {t("policy.preview")}
      </h2>
      {!changed && (
        <p className={classes.muted} role="status">
          {t("policy.preview.same")}
        </p>
      )}
      {changed && preview.error && (
        <ProblemNotice problem={preview.error} onTryAgain={() => void preview.refetch()} />
      )}
      {changed && preview.isPending && <RowSkeletons rows={10} />}
      {changed && preview.data && <Changes preview={preview.data} />}
    </section>
  );
}

function Changes({ preview: { totals, rows, total } }: { preview: Preview }) {
  const t = useWords();
  const [shown, setShown] = useState<string | null>(null);
  const columns = useMemo(() => makeColumns(t), [t]);
  const paged = useRowsInMemory(rows);
  return (
    <>
      <Totals totals={totals} />
      <p className={classes.count} aria-live="polite">
        {total > rows.length
          ? t("policy.preview.first", { count: total, shown: rows.length })
          : t("policy.preview.count", { count: total })}
      </p>
      {rows.length > 0 && (
        <div className={classes.rows}>
          <DataTable
            label={t("policy.preview")}
            columns={columns}
            rows={paged}
            onOpen={(row) => setShown(row.subscription)}
            empty={null}
          />
        </div>
      )}
      <SubscriptionDrawer id={shown} onClose={() => setShown(null)} />
    </>
  );
}

function Totals({ totals }: { totals: PolicyTotals[] }) {
  const t = useWords();
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t("policy.currency")}</th>
          <th scope="col">{t("policy.before")}</th>
          <th scope="col">{t("policy.after")}</th>
          <th scope="col">{t("policy.subscriptions")}</th>
        </tr>
      </thead>
      <tbody>
        {totals.map(({ currency, before, after, subscriptions }) => (
          <tr key={currency}>
            <th scope="row">{currency}</th>
            <td>
              <Money value={before} />
            </td>
            <td className={classes.after}>
              <Money value={after} />
            </td>
            <td>{t("policy.preview.changed", { count: subscriptions })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<PolicyPreviewRow>();
  return column.columns([
    column.accessor("customer", {
      header: t("subscriptions.column.customer"),
      meta: { width: "minmax(140px, 1.4fr)" },
      cell: ({ getValue }) => <span className={classes.strong}>{getValue()}</span>,
    }),
    column.accessor("before", {
      header: t("policy.before"),
      meta: { width: "120px", align: "right" },
      cell: ({ getValue }) => <Money value={getValue()} />,
    }),
    column.accessor("after", {
      header: t("policy.after"),
      meta: { width: "120px", align: "right" },
      cell: ({ getValue }) => <Money value={getValue()} />,
    }),
    column.accessor("causes", {
      header: t("policy.why"),
      meta: { width: "minmax(160px, 2fr)" },
      cell: ({ getValue }) => <span className={classes.muted}>{causesText(t, getValue())}</span>,
    }),
  ]);
}
