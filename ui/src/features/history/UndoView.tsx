import { Button, Drawer, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useWords, type Words } from "../../i18n/words";
import type { UndoAction, UndoRow, UndoSummary, UndoTarget } from "../../ipc/backend";
import { usePagedRows } from "../../ipc/paged";
import { useBackend } from "../../ipc/queries";
import { ConfirmDialog } from "../../kit/ConfirmDialog";
import { Id } from "../../kit/CopyButton";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { FieldChanges, FirstChange } from "../../kit/FieldChanges";
import { HubSpotLink } from "../../kit/HubSpotLink";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { SearchField } from "../../kit/SearchField";
import { RowSkeletons } from "../../kit/Skeletons";
import { showProblem } from "../../kit/showProblem";
import { Toolbar } from "../../kit/Toolbar";
import { useAction } from "../../kit/useAction";
import classes from "./history.module.css";
import { thing } from "./thing";

const ACTIONS: UndoAction[] = [
  "putBack",
  "archive",
  "makeAgain",
  "unlink",
  "linkAgain",
  "remove",
  "defineAgain",
  "leave",
];
/** What is no choice: what is left anyway, and what the values that are put back need. */
const ALWAYS_DONE: ReadonlySet<UndoAction> = new Set(["leave", "defineAgain"]);
const SEARCH_AFTER_MS = 200;

interface UndoViewProps {
  target: UndoTarget;
  onBack: () => void;
  /** It is being carried out. */
  onStarted: () => void;
}

/** What taking something back would do, row by row. Nothing is taken back before the user says so. */
export function UndoView({ target, onBack, onStarted }: UndoViewProps) {
  const t = useWords();
  const backend = useBackend();
  const [made, setMade] = useState<UndoSummary | null>(null);
  const [asked, setAsked] = useState(false);
  const plan = useAction(async () => {
    setMade(null);
    setMade(await backend.planUndo(target));
  });
  useEffect(() => void plan.run(), [plan.run]);
  const carryOut = useAction(async (id: number) => {
    await backend.undo(id);
    onStarted();
  });
  const problem = plan.problem ?? carryOut.problem;
  const changes = made === null ? 0 : changesOf(made);
  return (
    <Page
      title={t(`undo.title.${target.kind}`)}
      lead={made && <Lead summary={made} />}
      back={{ label: t("history.title"), onBack }}
      actions={
        made && (
          <Button color="red" disabled={changes === 0} loading={carryOut.busy} onClick={() => setAsked(true)}>
            {t("undo.start", { count: changes })}
          </Button>
        )
      }
      fill
    >
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void plan.run()} />}
      {plan.busy && <RowSkeletons rows={12} />}
      {made && <Rows summary={made} onChanged={setMade} />}
      <ConfirmDialog
        opened={asked}
        title={t("undo.confirm.title", { count: changes })}
        text={t(made?.archived ? "undo.confirm.archive" : "undo.confirm.text", {
          count: made?.archived ?? 0,
        })}
        confirm={t("undo.confirm.button")}
        destructive
        onConfirm={() => {
          setAsked(false);
          if (made) void carryOut.run(made.id);
        }}
        onClose={() => setAsked(false)}
      />
    </Page>
  );
}

/** What is carried out: all that is planned but for what is held back. */
function changesOf({ putBack, archived, madeAgain, links, definitions, waiting }: UndoSummary): number {
  return putBack + archived + madeAgain + links + definitions - waiting;
}

function Lead({ summary }: { summary: UndoSummary }) {
  const t = useWords();
  const parts = [
    { key: "putBack", count: summary.putBack },
    { key: "archived", count: summary.archived },
    { key: "madeAgain", count: summary.madeAgain },
    { key: "links", count: summary.links },
    { key: "definitions", count: summary.definitions },
    { key: "left", count: summary.left },
    { key: "waiting", count: summary.waiting },
  ] as const;
  const told = parts
    .filter(({ count }) => count > 0)
    .map(({ key, count }) => t(`undo.count.${key}`, { count }));
  return (
    <>
      <p>{told.length > 0 ? told.join(" ") : t("undo.nothing.text")}</p>
      {summary.requests > 0 && <p>{t("preview.cost", { requests: summary.requests })}</p>}
    </>
  );
}

interface RowsProps {
  summary: UndoSummary;
  onChanged: (summary: UndoSummary | null) => void;
}

function Rows({ summary, onChanged }: RowsProps) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const [action, setAction] = useState<UndoAction | null>(null);
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const [shown, setShown] = useState<UndoRow | null>(null);
  const columns = useMemo(() => makeColumns(t), [t]);
  const rows = usePagedRows<UndoRow>(["undoRows", summary.id, action, settled], (offset, limit) =>
    backend.undoRows({ action, object: null, search: settled, offset, limit }),
  );
  const hold = useAction(async (row: UndoRow) => {
    try {
      onChanged(await backend.holdUndo({ kind: "rows", ids: [row.id] }, !row.held));
      await cache.invalidateQueries({ queryKey: ["undoRows"] });
      setShown(null);
    } catch (cause) {
      showProblem(t, cause);
    }
  });
  return (
    <>
      <Toolbar count={rows.total !== null && t("progress.done", { done: rows.total })}>
        <SearchField label={t("preview.search")} value={search} onChange={setSearch} />
        <Select
          size="xs"
          w={168}
          clearable
          aria-label={t("preview.filter.action")}
          placeholder={t("preview.filter.action.all")}
          value={action}
          onChange={(value) => setAction(value as UndoAction | null)}
          data={ACTIONS.map((value) => ({ value, label: t(`undo.action.${value}`) }))}
        />
      </Toolbar>
      {rows.problem && <ProblemNotice problem={rows.problem} onTryAgain={rows.retry} />}
      <DataTable
        label={t("undo.rows")}
        columns={columns}
        rows={rows}
        onOpen={setShown}
        empty={<EmptyState title={t("undo.nothing.title")} text={t("undo.nothing.text")} />}
      />
      <Drawer
        opened={shown !== null}
        onClose={() => setShown(null)}
        size={640}
        title={shown && thing(t, shown.object)}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {shown && <Detail row={shown} busy={hold.busy} onHold={() => void hold.run(shown)} />}
      </Drawer>
    </>
  );
}

interface DetailProps {
  row: UndoRow;
  busy: boolean;
  /** Holds the row back, or releases it. */
  onHold: () => void;
}

function Detail({ row, busy, onHold }: DetailProps) {
  const t = useWords();
  const { name, action, reason, becauseOf, changes, hubspotId, url } = row;
  const canBeHeld = row.held || !(row.waits || ALWAYS_DONE.has(action));
  return (
    <div className={classes.detail}>
      <div>
        <h3 className={classes.detailName}>{name}</h3>
        <p className={classes.muted}>
          {t(`undo.action.${action}`)}
          {reason !== null && ` · ${t(`undo.leave.${reason}`)}`}
          {becauseOf.length > 0 && ` ${becauseOf.join(", ")}`}
        </p>
        {row.waits && <p>{t(row.held ? "undo.waits.held" : "undo.waits.needed")}</p>}
      </div>
      {changes.length > 0 && <FieldChanges changes={changes} />}
      {hubspotId !== null && (
        <p className={classes.muted}>
          {t("record.hubspotId")} <Id value={hubspotId} />
        </p>
      )}
      {(url !== null || canBeHeld) && (
        <div className={classes.buttons}>
          {canBeHeld && (
            <Button variant="default" loading={busy} onClick={onHold}>
              {t(row.held ? "undo.release" : "undo.hold")}
            </Button>
          )}
          {url !== null && <HubSpotLink url={url} />}
        </div>
      )}
    </div>
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<UndoRow>();
  return column.columns([
    column.accessor("action", {
      header: t("preview.column.action"),
      meta: { width: "148px" },
      cell: ({ row: { original } }) => (
        <span className={classes.undoAction} data-action={original.action}>
          {t(`undo.action.${original.action}`)}
          {original.waits && <span className={classes.muted}> {t("undo.waits")}</span>}
        </span>
      ),
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
      id: "change",
      header: t("preview.column.change"),
      meta: { width: "minmax(200px, 2fr)" },
      cell: ({ row: { original } }) =>
        original.reason !== null ? (
          <span className={classes.muted}>{t(`undo.leave.${original.reason}`)}</span>
        ) : (
          <FirstChange change={original.changes[0]} />
        ),
    }),
  ]);
}
