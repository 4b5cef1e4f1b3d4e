import { Button, Drawer, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { formatExact } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { RunChange, RunRow, UndoTarget, WriteAction, WriteState } from "../../ipc/backend";
import { usePagedRows } from "../../ipc/paged";
import { useBackend } from "../../ipc/queries";
import { Id } from "../../kit/CopyButton";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { FieldChanges, FirstChange } from "../../kit/FieldChanges";
import { HubSpotLink } from "../../kit/HubSpotLink";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { SearchField } from "../../kit/SearchField";
import { Toolbar } from "../../kit/Toolbar";
import classes from "./history.module.css";
import { thing } from "./thing";

const OBJECTS = [
  "contacts",
  "companies",
  "deals",
  "line_items",
  "subscriptions",
  "events",
  "properties",
  "groups",
  "pipelines",
  "object_types",
  "labels",
];
const ACTIONS: WriteAction[] = ["create", "update", "archive", "associate", "unlink", "remove"];
const STATES: WriteState[] = ["done", "refused", "open"];
const SEARCH_AFTER_MS = 200;

interface RunChangesViewProps {
  run: RunRow;
  onBack: () => void;
  onUndo: (target: UndoTarget) => void;
}

/** All that one run wrote to HubSpot, field by field, and the way to take it back. */
export function RunChangesView({ run, onBack, onUndo }: RunChangesViewProps) {
  const t = useWords();
  const backend = useBackend();
  const [object, setObject] = useState<string | null>(null);
  const [action, setAction] = useState<WriteAction | null>(null);
  const [state, setState] = useState<WriteState | null>(null);
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const [shown, setShown] = useState<RunChange | null>(null);
  const columns = useMemo(() => makeColumns(t), [t]);
  const rows = usePagedRows<RunChange>(
    ["runChanges", run.id, object, action, state, settled],
    (offset, limit) =>
      backend.runChanges({ run: run.id, object, action, state, search: settled, offset, limit }),
  );
  return (
    <Page
      title={t(`run.${run.kind}`)}
      lead={formatExact(new Date(run.startedAt))}
      back={{ label: t("history.title"), onBack }}
      actions={
        <Button variant="default" disabled={!rows.total} onClick={() => onUndo({ kind: "run", run: run.id })}>
          {t("history.undoRun")}
        </Button>
      }
      fill
    >
      <Toolbar count={rows.total !== null && t("progress.done", { done: rows.total })}>
        <SearchField label={t("preview.search")} value={search} onChange={setSearch} />
        <Filter
          label={t("history.filter.object")}
          all={t("history.filter.object.all")}
          value={object}
          onChange={setObject}
          data={OBJECTS.map((value) => ({ value, label: thing(t, value) }))}
        />
        <Filter
          label={t("history.filter.action")}
          all={t("history.filter.action.all")}
          value={action}
          onChange={(value) => setAction(value as WriteAction | null)}
          data={ACTIONS.map((value) => ({ value, label: t(`write.${value}`) }))}
        />
        <Filter
          label={t("history.filter.state")}
          all={t("history.filter.state.all")}
          value={state}
          onChange={(value) => setState(value as WriteState | null)}
          data={STATES.map((value) => ({ value, label: t(`writeState.${value}`) }))}
        />
      </Toolbar>
      {rows.problem && <ProblemNotice problem={rows.problem} onTryAgain={rows.retry} />}
      <DataTable
        label={t("history.changes")}
        columns={columns}
        rows={rows}
        onOpen={setShown}
        empty={<EmptyState title={t("history.noChange.title")} text={t("history.noChange.text")} />}
      />
      <Drawer
        opened={shown !== null}
        onClose={() => setShown(null)}
        size={640}
        title={shown && thing(t, shown.object)}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {shown && <Detail change={shown} onUndo={onUndo} />}
      </Drawer>
    </Page>
  );
}

interface FilterProps {
  label: string;
  all: string;
  value: string | null;
  data: { value: string; label: string }[];
  onChange: (value: string | null) => void;
}

/** Only some of the rows, or all. */
function Filter({ label, all, value, data, onChange }: FilterProps) {
  return (
    <Select
      size="xs"
      w={144}
      clearable
      aria-label={label}
      placeholder={all}
      value={value}
      onChange={onChange}
      data={data}
    />
  );
}

function Detail({ change, onUndo }: { change: RunChange; onUndo: (target: UndoTarget) => void }) {
  const t = useWords();
  const { object, key, name, hubspotId, url, action, state, refusal, changes, canBeUndone } = change;
  return (
    <div className={classes.detail}>
      <div>
        <h3 className={classes.detailName}>{name}</h3>
        <p className={classes.muted}>
          {t(`write.${action}`)} · {t(`writeState.${state}`)}
          {refusal !== null && ` · ${refusal}`}
        </p>
      </div>
      {changes.length > 0 && <FieldChanges changes={changes} />}
      {hubspotId !== null && (
        <p className={classes.muted}>
          {t("record.hubspotId")} <Id value={hubspotId} />
        </p>
      )}
      <div className={classes.buttons}>
        {url !== null && <HubSpotLink url={url} />}
        {canBeUndone && (
          <Button variant="default" onClick={() => onUndo({ kind: "record", object, key })}>
            {t("history.undoRecord")}
          </Button>
        )}
      </div>
    </div>
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<RunChange>();
  return column.columns([
    column.accessor("action", {
      header: t("preview.column.action"),
      meta: { width: "104px" },
      cell: ({ getValue }) => t(`write.${getValue()}`),
    }),
    column.display({
      id: "kind",
      header: t("history.column.kind"),
      meta: { width: "minmax(96px, 0.7fr)" },
      cell: ({ row: { original } }) => <span className={classes.muted}>{thing(t, original.object)}</span>,
    }),
    column.accessor("name", {
      header: t("preview.column.record"),
      meta: { width: "minmax(160px, 1.4fr)" },
      cell: ({ getValue }) => <span className={classes.name}>{getValue()}</span>,
    }),
    column.display({
      id: "property",
      header: t("preview.column.property"),
      meta: { width: "minmax(96px, 0.8fr)", wideOnly: true },
      cell: ({ row: { original } }) => <span className={classes.muted}>{original.changes[0]?.label}</span>,
    }),
    column.display({
      id: "change",
      header: t("preview.column.change"),
      meta: { width: "minmax(160px, 1.4fr)" },
      cell: ({ row: { original } }) => <FirstChange change={original.changes[0]} />,
    }),
    column.accessor("state", {
      header: t("history.column.outcome"),
      meta: { width: "96px" },
      cell: ({ getValue }) => (
        <span className={classes.writeState} data-state={getValue()}>
          {t(`writeState.${getValue()}`)}
        </span>
      ),
    }),
  ]);
}
