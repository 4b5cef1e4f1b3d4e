import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconTrendingUp } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { formatDate } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { MovementRow } from "../../ipc/backend";
import { usePagedRows } from "../../ipc/paged";
import { useBackend } from "../../ipc/queries";
import { Change } from "../../kit/Change";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { SearchField } from "../../kit/SearchField";
import { Toolbar } from "../../kit/Toolbar";
import { SubscriptionDrawer } from "../subscriptions/SubscriptionDrawer";
import { ALL, MovementFilters } from "./MovementFilters";
import { MovementName } from "./MovementName";
import classes from "./movements.module.css";
import { OriginMark } from "./OriginMark";

const SEARCH_AFTER_MS = 200;

/** Search and filters over all movements; a row opens its subscription. */
export function MovementsTable({ month }: { month: string | null }) {
  const t = useWords();
  const backend = useBackend();
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const [filters, setFilters] = useState({ ...ALL, from: month, to: month });
  const [shown, setShown] = useState<string | null>(null);
  const columns = useMemo(() => makeColumns(t), [t]);
  const rows = usePagedRows<MovementRow>(["movements", settled, filters], (offset, limit) =>
    backend.movements({ search: settled, ...filters, offset, limit }),
  );
  const filtered = settled !== "" || Object.values(filters).some((value) => value !== null);
  const clear = () => {
    setSearch("");
    setFilters(ALL);
  };
  return (
    <>
      <Toolbar
        count={
          rows.total !== null && t(filtered ? "movements.matching" : "movements.count", { count: rows.total })
        }
      >
        <SearchField label={t("movements.search")} value={search} onChange={setSearch} />
        <MovementFilters filters={filters} onChange={setFilters} />
      </Toolbar>
      {rows.problem && <ProblemNotice problem={rows.problem} onTryAgain={rows.retry} />}
      <DataTable
        label={t("movements.title")}
        columns={columns}
        rows={rows}
        onOpen={(row) => setShown(row.subscription)}
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
        icon={<IconTrendingUp size={20} stroke={1.5} aria-hidden />}
        title={t("movements.empty.title")}
        text={t("movements.empty.text")}
      />
    );
  }
  return (
    <EmptyState
      title={t("movements.noMatch.title")}
      text={t("movements.noMatch.text")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("movements.noMatch.clear")}
        </Button>
      }
    />
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<MovementRow>();
  return column.columns([
    column.accessor("at", {
      header: t("movements.column.at"),
      meta: { width: "96px" },
      cell: ({ getValue }) => formatDate(new Date(getValue())),
    }),
    column.accessor("customer", {
      header: t("movements.column.customer"),
      meta: { width: "minmax(112px, 1.4fr)" },
      cell: ({ getValue }) => <span className={classes.customer}>{getValue()}</span>,
    }),
    column.accessor("plans", {
      header: t("movements.column.plans"),
      meta: { width: "minmax(80px, 1fr)", wideOnly: true },
    }),
    column.accessor("kind", {
      header: t("movements.column.kind"),
      meta: { width: "minmax(176px, 1.2fr)" },
      cell: ({ row: { original } }) => (
        <>
          <MovementName kind={original.kind} /> <Why row={original} />
        </>
      ),
    }),
    column.accessor("change", {
      header: t("movements.column.change"),
      meta: { width: "120px", align: "right" },
      cell: ({ row: { original } }) => <ChangeOrEnd row={original} />,
    }),
    column.accessor("after", {
      header: t("movements.column.after"),
      meta: { width: "116px", align: "right" },
      cell: ({ getValue }) => <Money value={getValue()} />,
    }),
    column.accessor("origin", {
      header: t("movements.column.origin"),
      meta: { width: "84px" },
      cell: ({ getValue }) => <OriginMark origin={getValue()} />,
    }),
  ]);
}

/** What caused an upgrade or a downgrade; the other kinds say it themselves. */
function Why({ row: { kind, changeType } }: { row: MovementRow }) {
  const t = useWords();
  if (kind !== "upgrade" && kind !== "downgrade") return null;
  return <span className={classes.muted}>{t(`changeType.${changeType}`)}</span>;
}

/** The change, or for an announced end, which changes nothing yet, the day it will come. */
function ChangeOrEnd({ row: { change, effective } }: { row: MovementRow }) {
  const t = useWords();
  if (effective === null) return <Change value={change} />;
  return (
    <span className={classes.muted}>{t("movement.effective", { day: formatDate(new Date(effective)) })}</span>
  );
}
