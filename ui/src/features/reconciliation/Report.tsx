import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatChange, formatMonth } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { FindingCode, ReconcileReport, ReconcileRow, UnreadRow } from "../../ipc/backend";
import { useRowsInMemory } from "../../ipc/paged";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { Fold } from "../../kit/Fold";
import { Money } from "../../kit/Money";
import { SearchField } from "../../kit/SearchField";
import { Toolbar } from "../../kit/Toolbar";
import { causesText } from "../policy/causesText";
import classes from "./reconciliation.module.css";

/** What differs, then what does not. */
const DIFFERING: FindingCode[] = ["off", "missingThere", "missingHere"];
type Shown = FindingCode | "different";

/** How the two tables compare: how many rows match, and each that does not, with the reason. */
export function Report({ report }: { report: ReconcileReport }) {
  const t = useWords();
  const [shown, setShown] = useState<Shown>("different");
  const [search, setSearch] = useState("");
  const columns = useMemo(() => makeColumns(t), [t]);
  const rows = useMemo(
    () => report.rows.filter((row) => isShown(row, shown) && matches(row, search)),
    [report.rows, shown, search],
  );
  const paged = useRowsInMemory(rows);
  const different = report.rows.some(({ finding }) => finding !== "matched");
  return (
    <>
      <Counts report={report} />
      {report.unreadRows.length > 0 && <Unread rows={report.unreadRows} />}
      <Toolbar count={t("reconcile.rows", { count: rows.length })}>
        <SearchField label={t("reconcile.search")} value={search} onChange={setSearch} />
        <SegmentedControl
          size="xs"
          aria-label={t("reconcile.filter")}
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={(["different", ...DIFFERING, "matched"] as const).map((value) => ({
            value,
            label: t(`reconcile.filter.${value}`),
          }))}
        />
      </Toolbar>
      <DataTable
        label={t("reconcile.title")}
        columns={columns}
        rows={paged}
        empty={
          <EmptyState
            title={t(different ? "reconcile.noMatch.title" : "reconcile.same.title")}
            text={t(different ? "reconcile.noMatch.text" : "reconcile.same.text")}
          />
        }
      />
    </>
  );
}

const isShown = ({ finding }: ReconcileRow, shown: Shown) =>
  shown === "different" ? finding !== "matched" : finding === shown;

const matches = ({ customerId, customer }: ReconcileRow, search: string) =>
  `${customerId} ${customer ?? ""}`.toLowerCase().includes(search.toLowerCase());

function Counts({ report }: { report: ReconcileReport }) {
  const t = useWords();
  const [first, last] = [report.months[0], report.months.at(-1)];
  return (
    <dl className={classes.counts} aria-live="polite">
      {(["matched", ...DIFFERING] as const).map((finding) => (
        <div key={finding} data-finding={finding}>
          <dt>{t(`reconcile.count.${finding}`)}</dt>
          <dd>{t("progress.done", { done: report[finding] })}</dd>
        </div>
      ))}
      {first !== undefined && last !== undefined && (
        <div>
          <dt>{t("reconcile.months")}</dt>
          <dd className={classes.months}>
            {first === last
              ? formatMonth(first)
              : t("reconcile.monthRange", {
                  first: formatMonth(first, "short"),
                  last: formatMonth(last, "short"),
                })}
          </dd>
        </div>
      )}
    </dl>
  );
}

function Unread({ rows }: { rows: UnreadRow[] }) {
  const t = useWords();
  return (
    <Fold title={t("reconcile.unread", { count: rows.length })}>
      <ul className={classes.unread}>
        {rows.map(({ line, why }) => (
          <li key={line}>
            {t("reconcile.line", { line })} <span>{t(`reconcile.unread.${why}`)}</span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<ReconcileRow>();
  return column.columns([
    column.accessor("customer", {
      header: t("reconcile.column.customer"),
      meta: { width: "minmax(140px, 1.4fr)" },
      cell: ({ row: { original } }) => (
        <>
          {original.customer !== null && <span className={classes.customer}>{original.customer}</span>}{" "}
          <span className={classes.id}>{original.customerId}</span>
        </>
      ),
    }),
    column.accessor("month", {
      header: t("reconcile.column.month"),
      meta: { width: "72px" },
      cell: ({ getValue }) => formatMonth(getValue(), "short"),
    }),
    column.accessor("ours", {
      header: t("reconcile.column.ours"),
      meta: { width: "108px", align: "right" },
      cell: ({ getValue }) => <Amount value={getValue()} />,
    }),
    column.accessor("theirs", {
      header: t("reconcile.column.theirs"),
      meta: { width: "108px", align: "right" },
      cell: ({ getValue }) => <Amount value={getValue()} />,
    }),
    column.accessor("difference", {
      header: t("reconcile.column.difference"),
      meta: { width: "112px", align: "right" },
      cell: ({ getValue }) => {
        const value = getValue();
        return value && formatChange(value);
      },
    }),
    column.accessor("causes", {
      header: t("reconcile.column.why"),
      meta: { width: "minmax(140px, 1.6fr)" },
      cell: ({ row: { original } }) => <span className={classes.muted}>{whyText(t, original)}</span>,
    }),
  ]);
}

function Amount({ value }: { value: ReconcileRow["ours"] }) {
  const t = useWords();
  return value === null ? <span className={classes.muted}>{t("none")}</span> : <Money value={value} />;
}

function whyText(t: Words, { finding, causes }: ReconcileRow): string {
  if (causes.length > 0) return causesText(t, causes);
  return t(`reconcile.why.${finding}`);
}
