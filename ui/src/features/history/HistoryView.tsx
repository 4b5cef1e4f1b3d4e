import { Button, UnstyledButton } from "@mantine/core";
import {
  IconAlertCircle,
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconHistory,
  IconPlayerStop,
  IconRefresh,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatDuration, formatExact, formatNumber } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { RunOutcome, RunRow, UndoTarget } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { Moment } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { DriftView } from "./DriftView";
import classes from "./history.module.css";
import { RunChangesView } from "./RunChangesView";
import { UndoView } from "./UndoView";

type Outcome = RunOutcome | "running";

const LOOK: Record<Outcome, { Icon: typeof IconClock; tone: "ok" | "warn" | "bad" | "quiet" }> = {
  running: { Icon: IconRefresh, tone: "quiet" },
  done: { Icon: IconCircleCheck, tone: "ok" },
  doneWithRefusals: { Icon: IconAlertTriangle, tone: "warn" },
  stopped: { Icon: IconPlayerStop, tone: "quiet" },
  failed: { Icon: IconAlertCircle, tone: "bad" },
  waitsForApproval: { Icon: IconClock, tone: "warn" },
};

type Place =
  | { kind: "runs" }
  | { kind: "run"; run: RunRow }
  | { kind: "undo"; target: UndoTarget; from: Place }
  | { kind: "drift" };

const RUNS: Place = { kind: "runs" };

/** What ClearSync did, how to take it back, and whether it still stands. */
export function HistoryView() {
  const [place, setPlace] = useState<Place>(RUNS);
  const onUndo = (target: UndoTarget) => setPlace({ kind: "undo", target, from: place });
  switch (place.kind) {
    case "runs":
      return <RunList onOpen={setPlace} onUndo={onUndo} />;
    case "run":
      return <RunChangesView run={place.run} onBack={() => setPlace(RUNS)} onUndo={onUndo} />;
    case "undo":
      return (
        <UndoView
          target={place.target}
          onBack={() => setPlace(place.from)}
          onStarted={() => setPlace(RUNS)}
        />
      );
    case "drift":
      return <DriftView onBack={() => setPlace(RUNS)} />;
  }
}

interface RunListProps {
  onOpen: (place: Place) => void;
  onUndo: (target: UndoTarget) => void;
}

function RunList({ onOpen, onUndo }: RunListProps) {
  const t = useWords();
  const runs = useQuery(queries.runs(useBackend()));
  const any = runs.data !== undefined && runs.data.length > 0;
  return (
    <Page
      title={t("history.title")}
      lead={t("history.lead")}
      actions={
        any && (
          <>
            <Button variant="default" onClick={() => onOpen({ kind: "drift" })}>
              {t("driftCheck.title")}
            </Button>
            <Button variant="default" onClick={() => onUndo({ kind: "everything" })}>
              {t("history.undoEverything")}
            </Button>
          </>
        )
      }
    >
      {runs.isPending && <RowSkeletons rows={12} />}
      {runs.error && <ProblemNotice problem={runs.error} onTryAgain={() => void runs.refetch()} />}
      {runs.data?.length === 0 && (
        <EmptyState
          icon={<IconHistory size={20} stroke={1.5} aria-hidden />}
          title={t("history.empty.title")}
          text={t("history.empty.text")}
        />
      )}
      {any && <Runs runs={runs.data} onOpen={(run) => onOpen({ kind: "run", run })} />}
    </Page>
  );
}

function Runs({ runs, onOpen }: { runs: RunRow[]; onOpen: (run: RunRow) => void }) {
  const t = useWords();
  return (
    <table className={classes.runs}>
      <thead>
        <tr>
          <th scope="col">{t("history.column.run")}</th>
          <th scope="col">{t("history.column.outcome")}</th>
          <th scope="col">{t("history.column.started")}</th>
          <th scope="col" className={classes.number}>
            {t("history.column.took")}
          </th>
          <th scope="col" className={classes.number}>
            {t("history.column.read")}
          </th>
          <th scope="col" className={classes.number}>
            {t("history.column.created")}
          </th>
          <th scope="col" className={classes.number}>
            {t("history.column.updated")}
          </th>
          <th scope="col" className={classes.number}>
            {t("history.column.failed")}
          </th>
        </tr>
      </thead>
      {runs.map((run) => (
        <Run key={run.id} run={run} onOpen={() => onOpen(run)} />
      ))}
    </table>
  );
}

function Run({ run, onOpen }: { run: RunRow; onOpen: () => void }) {
  const t = useWords();
  const outcome: Outcome = run.outcome ?? "running";
  const { Icon, tone } = LOOK[outcome];
  const counts = [run.objectsRead, run.created, run.updated, run.failed];
  const notes = notesOf(t, run);
  return (
    <tbody>
      <tr>
        <th scope="row">
          {run.kind === "import" ? (
            t("run.import")
          ) : (
            <UnstyledButton
              className={classes.open}
              onClick={onOpen}
              aria-label={t("history.open", {
                run: t(`run.${run.kind}`),
                moment: formatExact(new Date(run.startedAt)),
              })}
            >
              {t(`run.${run.kind}`)}
            </UnstyledButton>
          )}
        </th>
        <td>
          <span className={classes.outcome} data-tone={tone}>
            <Icon size={16} aria-hidden /> {t(`outcome.${outcome}`)}
          </span>
        </td>
        <td>
          <Moment at={run.startedAt} />
        </td>
        <td className={classes.number}>
          {run.endedAt !== null && formatDuration(new Date(run.startedAt), new Date(run.endedAt))}
        </td>
        {counts.map((count, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the counts stand in a fixed order
          <td key={index} className={classes.number} data-nought={count === 0 || undefined}>
            {t("progress.done", { done: count })}
          </td>
        ))}
      </tr>
      {notes.length > 0 && (
        <tr className={classes.note}>
          <td colSpan={8}>{notes.join(" ")}</td>
        </tr>
      )}
      {run.problem !== null && (
        <tr className={classes.problem}>
          <td colSpan={8}>
            <ProblemNotice problem={run.problem} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** What was out of the ordinary in reading Stripe. */
function notesOf(t: Words, { wholeRead, compared }: RunRow): string[] {
  const notes: string[] = [];
  if (wholeRead) notes.push(t(`history.whole.${wholeRead}`));
  if (compared) {
    const numbers = { number: formatNumber(compared.objects), differing: formatNumber(compared.differing) };
    notes.push(t(compared.differing === 0 ? "history.compared.same" : "history.compared.differing", numbers));
  }
  return notes;
}
