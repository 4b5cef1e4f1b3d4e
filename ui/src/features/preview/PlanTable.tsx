import { Button, Checkbox, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconActivity,
  IconBuilding,
  IconListDetails,
  IconReceipt,
  IconRefresh,
  IconUser,
} from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useWords, type Words } from "../../i18n/words";
import type { ObjectType, PlanAction, PlanRow, PlanSummary } from "../../ipc/backend";
import { usePagedRows } from "../../ipc/paged";
import { useBackend } from "../../ipc/queries";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { FirstChange } from "../../kit/FieldChanges";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { SearchField } from "../../kit/SearchField";
import { Toolbar } from "../../kit/Toolbar";
import { whySkipped } from "../../kit/whySkipped";
import { Approval } from "./Approval";
import classes from "./preview.module.css";
import { RecordDrawer } from "./RecordDrawer";
import { useChosen } from "./useChosen";

const ACTIONS: PlanAction[] = ["create", "update", "remove", "unchanged", "skip"];
const WRITES: ReadonlySet<PlanAction> = new Set(["create", "update", "remove"]);
const OBJECTS: ObjectType[] = ["contact", "company", "deal", "lineItem", "subscription", "event"];
const SEARCH_AFTER_MS = 200;

const ICONS: Record<ObjectType, typeof IconUser> = {
  contact: IconUser,
  company: IconBuilding,
  deal: IconReceipt,
  lineItem: IconListDetails,
  subscription: IconRefresh,
  event: IconActivity,
};

interface Filters {
  action: PlanAction | null;
  object: ObjectType | null;
  property: string | null;
}
const ALL: Filters = { action: null, object: null, property: null };

const narrows = (filters: Filters, search: string) =>
  search !== "" || Object.values(filters).some((value) => value !== null);

/** The plan record by record, with what stands in HubSpot before and after. */
export function PlanTable({ summary }: { summary: PlanSummary }) {
  const t = useWords();
  const backend = useBackend();
  const [filters, setFilters] = useState(ALL);
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const [shown, setShown] = useState<PlanRow | null>(null);
  const { action, object, property } = filters;
  const chosen = useChosen(summary.id);
  const { ids, toggle } = chosen;
  const columns = useMemo(() => makeColumns(t, property, ids, toggle), [t, property, ids, toggle]);
  const rows = usePagedRows<PlanRow>(
    ["planRows", summary.id, action, object, property, settled],
    (offset, limit) => backend.planRows({ action, object, property, search: settled, offset, limit }),
  );
  const clear = () => {
    setFilters(ALL);
    setSearch("");
  };
  return (
    <>
      <Toolbar count={rows.total !== null && t("progress.done", { done: rows.total })}>
        <SearchField label={t("preview.search")} value={search} onChange={setSearch} />
        <FilterSelects summary={summary} filters={filters} onChange={setFilters} />
      </Toolbar>
      <Approval
        summary={summary}
        chosen={chosen}
        filter={narrows(filters, settled) ? { ...filters, search: settled } : null}
        shown={rows.total ?? 0}
      />
      {rows.problem && <ProblemNotice problem={rows.problem} onTryAgain={rows.retry} />}
      <DataTable
        label={t("preview.title")}
        columns={columns}
        rows={rows}
        onOpen={setShown}
        onToggle={(row) => WRITES.has(row.action) && toggle(row.id)}
        empty={
          <EmptyState
            title={t("preview.noMatch.title")}
            text={t("preview.noMatch.text")}
            action={
              <Button variant="default" onClick={clear}>
                {t("preview.noMatch.clear")}
              </Button>
            }
          />
        }
      />
      <RecordDrawer row={shown} onClose={() => setShown(null)} />
    </>
  );
}

interface FilterSelectsProps {
  summary: PlanSummary;
  filters: Filters;
  onChange: (filters: Filters) => void;
}

function FilterSelects({ summary, filters, onChange }: FilterSelectsProps) {
  const t = useWords();
  const properties = new Map(summary.byProperty.map(({ property, label }) => [property, label]));
  return (
    <>
      <Select
        size="xs"
        w={128}
        clearable
        aria-label={t("preview.filter.action")}
        placeholder={t("preview.filter.action.all")}
        value={filters.action}
        onChange={(action) => onChange({ ...filters, action: action as PlanAction | null })}
        data={ACTIONS.map((value) => ({ value, label: t(`planFilter.${value}`) }))}
      />
      <Select
        size="xs"
        w={128}
        clearable
        aria-label={t("preview.filter.object")}
        placeholder={t("preview.filter.object.all")}
        value={filters.object}
        onChange={(object) => onChange({ ...filters, object: object as ObjectType | null })}
        data={OBJECTS.map((value) => ({ value, label: t(`objects.${value}`) }))}
      />
      <Select
        size="xs"
        w={160}
        clearable
        searchable
        aria-label={t("preview.filter.property")}
        placeholder={t("preview.filter.property.all")}
        value={filters.property}
        onChange={(property) => onChange({ ...filters, property })}
        data={[...properties].map(([value, label]) => ({ value, label }))}
      />
    </>
  );
}

function makeColumns(
  t: Words,
  property: string | null,
  chosen: ReadonlySet<number>,
  toggle: (id: number) => void,
) {
  const column = columnsOf<PlanRow>();
  const first = (row: PlanRow) =>
    row.changes.find((change) => change.property === property) ?? row.changes[0];
  return column.columns([
    column.display({
      id: "chosen",
      header: () => <span className="visuallyHidden">{t("preview.column.chosen")}</span>,
      meta: { width: "32px" },
      cell: ({ row: { original } }) =>
        WRITES.has(original.action) && (
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label={t("preview.choose", { name: original.name })}
            checked={chosen.has(original.id)}
            onChange={() => toggle(original.id)}
            onClick={(event) => event.stopPropagation()}
          />
        ),
    }),
    column.accessor("action", {
      header: t("preview.column.action"),
      meta: { width: "108px" },
      cell: ({ row: { original } }) => (
        <span
          className={classes.action}
          data-action={original.action}
          data-waits={original.waits || undefined}
        >
          {t(`planAction.${original.action}`)}
          {original.waits && <span className={classes.waits}> {t("preview.waits")}</span>}
        </span>
      ),
    }),
    column.accessor("name", {
      header: t("preview.column.record"),
      meta: { width: "minmax(160px, 1.4fr)" },
      cell: ({ row: { original } }) => (
        <>
          <ObjectIcon object={original.object} /> <span className={classes.name}>{original.name}</span>
        </>
      ),
    }),
    column.display({
      id: "property",
      header: t("preview.column.property"),
      meta: { width: "minmax(96px, 0.8fr)" },
      cell: ({ row: { original } }) => <span className={classes.muted}>{first(original)?.label}</span>,
    }),
    column.display({
      id: "change",
      header: t("preview.column.change"),
      meta: { width: "minmax(160px, 1.6fr)" },
      cell: ({ row: { original } }) => <Change row={original} property={property} />,
    }),
    column.display({
      id: "more",
      header: () => <span className="visuallyHidden">{t("preview.column.more")}</span>,
      meta: { width: "80px", align: "right" },
      cell: ({ row: { original } }) =>
        original.changes.length > 1 && (
          <span className={classes.muted}>{t("preview.more", { count: original.changes.length - 1 })}</span>
        ),
    }),
  ]);
}

function Change({ row, property }: { row: PlanRow; property: string | null }) {
  const t = useWords();
  if (row.skip !== null) {
    return <span className={classes.muted}>{whySkipped(t, row.skip, row.otherAccount)}</span>;
  }
  const change = row.changes.find((one) => one.property === property) ?? row.changes[0];
  return <FirstChange change={change} />;
}

function ObjectIcon({ object }: { object: ObjectType }) {
  const t = useWords();
  const Icon = ICONS[object];
  return <Icon className={classes.object} size={16} stroke={1.5} aria-label={t(`object.${object}`)} />;
}
