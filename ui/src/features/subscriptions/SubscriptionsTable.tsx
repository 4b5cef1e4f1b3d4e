import { Button, Select, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconInfoCircle, IconReceipt } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { formatDate, formatNumber } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { SubscriptionOrder, SubscriptionRow } from "../../ipc/backend";
import { usePagedRows } from "../../ipc/paged";
import { useBackend } from "../../ipc/queries";
import { type ColumnOrder, columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { SearchField } from "../../kit/SearchField";
import { Toolbar } from "../../kit/Toolbar";
import { StripeStatus } from "./StripeStatus";
import { SubscriptionDrawer } from "./SubscriptionDrawer";
import classes from "./subscriptions.module.css";

/** Stripe's own statuses, in the order of a subscription's life. */
const STATUSES = [
  "active",
  "trialing",
  "past_due",
  "unpaid",
  "paused",
  "canceled",
  "incomplete",
  "incomplete_expired",
];
const SEARCH_AFTER_MS = 200;
const day = (at: string | null) => (at === null ? "" : formatDate(new Date(at)));

/** Search, filter and order over all subscriptions; a row opens its explanation. */
export function SubscriptionsTable() {
  const t = useWords();
  const backend = useBackend();
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const [status, setStatus] = useState<string | null>(null);
  const [order, setOrder] = useState<SubscriptionOrder>("mrrDown");
  const [shown, setShown] = useState<string | null>(null);
  const columns = useMemo(() => makeColumns(t), [t]);
  const rows = usePagedRows<SubscriptionRow>(["subscriptions", settled, status, order], (offset, limit) =>
    backend.subscriptions({ search: settled, status, order, offset, limit }),
  );
  const filtered = settled !== "" || status !== null;
  const clear = () => {
    setSearch("");
    setStatus(null);
  };
  return (
    <>
      <Toolbar
        count={
          rows.total !== null &&
          t(filtered ? "subscriptions.matching" : "subscriptions.count", { count: rows.total })
        }
      >
        <SearchField label={t("subscriptions.search")} value={search} onChange={setSearch} />
        <Select
          size="xs"
          w={160}
          aria-label={t("subscriptions.status")}
          placeholder={t("subscriptions.status.all")}
          clearable
          value={status}
          onChange={setStatus}
          data={STATUSES.map((value) => ({ value, label: t.find(`stripeStatus.${value}`) ?? value }))}
        />
      </Toolbar>
      {rows.problem && <ProblemNotice problem={rows.problem} onTryAgain={rows.retry} />}
      <DataTable
        label={t("subscriptions.title")}
        columns={columns}
        rows={rows}
        orders={ordersOf(order, setOrder)}
        onOpen={(row) => setShown(row.id)}
        empty={<Empty filtered={filtered} onClear={clear} />}
      />
      <SubscriptionDrawer id={shown} onClose={() => setShown(null)} />
    </>
  );
}

function Empty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const t = useWords();
  if (!filtered) {
    return (
      <EmptyState
        icon={<IconReceipt size={20} stroke={1.5} aria-hidden />}
        title={t("subscriptions.empty.title")}
        text={t("subscriptions.empty.text")}
      />
    );
  }
  return (
    <EmptyState
      title={t("subscriptions.noMatch.title")}
      text={t("subscriptions.noMatch.text")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("subscriptions.noMatch.clear")}
        </Button>
      }
    />
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<SubscriptionRow>();
  return column.columns([
    column.accessor("customer", {
      header: t("subscriptions.column.customer"),
      meta: { width: "minmax(160px, 2fr)" },
      cell: ({ row }) => (
        <>
          <span className={classes.customer}>{row.original.customer}</span>{" "}
          <span className={classes.muted}>
            {row.original.email !== row.original.customer && row.original.email}
          </span>
        </>
      ),
    }),
    column.accessor("plans", {
      header: t("subscriptions.column.plans"),
      meta: { width: "minmax(120px, 1.2fr)" },
    }),
    column.accessor("status", {
      header: t("subscriptions.column.status"),
      meta: { width: "120px" },
      cell: ({ getValue }) => <StripeStatus status={getValue()} />,
    }),
    column.accessor("quantity", {
      header: t("subscriptions.column.quantity"),
      meta: { width: "72px", align: "right", wideOnly: true },
      cell: ({ getValue }) => formatNumber(getValue()),
    }),
    column.accessor("mrr", {
      header: t("subscriptions.column.mrr"),
      meta: { width: "132px", align: "right" },
      cell: ({ row }) => (
        <>
          {row.original.noted && (
            <Tooltip label={t("subscriptions.noted")}>
              <IconInfoCircle className={classes.noted} size={16} aria-label={t("subscriptions.noted")} />
            </Tooltip>
          )}{" "}
          <Money value={row.original.mrr} />
        </>
      ),
    }),
    column.accessor("startedAt", {
      header: t("subscriptions.column.started"),
      meta: { width: "100px", wideOnly: true },
      cell: ({ getValue }) => day(getValue()),
    }),
    column.accessor("renewsAt", {
      header: t("subscriptions.column.renews"),
      meta: { width: "128px" },
      cell: ({ row: { original } }) =>
        original.cancelsAt === null ? (
          day(original.renewsAt)
        ) : (
          <span className={classes.muted}>{t("subscriptions.ends", { day: day(original.cancelsAt) })}</span>
        ),
    }),
  ]);
}

/** The columns that order the table, each with what a click on it makes of the order. */
function ordersOf(order: SubscriptionOrder, set: (order: SubscriptionOrder) => void): ColumnOrder[] {
  return [
    {
      column: "customer",
      direction: order === "customer" ? "ascending" : null,
      toggle: () => set("customer"),
    },
    {
      column: "mrr",
      direction: order === "mrrDown" ? "descending" : order === "mrrUp" ? "ascending" : null,
      toggle: () => set(order === "mrrDown" ? "mrrUp" : "mrrDown"),
    },
    {
      column: "startedAt",
      direction: order === "startedDown" ? "descending" : null,
      toggle: () => set("startedDown"),
    },
  ];
}
