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
import { formatDuration } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { RunOutcome, RunRow } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { Moment } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import classes from "./history.module.css";

type Outcome = RunOutcome | "running";

const LOOK: Record<Outcome, { Icon: typeof IconClock; tone: "ok" | "warn" | "bad" | "quiet" }> = {
  running: { Icon: IconRefresh, tone: "quiet" },
  done: { Icon: IconCircleCheck, tone: "ok" },
  doneWithRefusals: { Icon: IconAlertTriangle, tone: "warn" },
  stopped: { Icon: IconPlayerStop, tone: "quiet" },
  failed: { Icon: IconAlertCircle, tone: "bad" },
  waitsForApproval: { Icon: IconClock, tone: "warn" },
};

/** The last runs, newest first. */
export function HistoryView() {
  const t = useWords();
  const runs = useQuery(queries.runs(useBackend()));
  return (
    <Page title={t("history.title")} lead={t("history.lead")}>
      {runs.isPending && <RowSkeletons rows={12} />}
      {runs.error && <ProblemNotice problem={runs.error} onTryAgain={() => void runs.refetch()} />}
      {runs.data?.length === 0 && (
        <EmptyState
          icon={<IconHistory size={20} stroke={1.5} aria-hidden />}
          title={t("history.empty.title")}
          text={t("history.empty.text")}
        />
      )}
      {runs.data !== undefined && runs.data.length > 0 && <Runs runs={runs.data} />}
    </Page>
  );
}

function Runs({ runs }: { runs: RunRow[] }) {
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
        <Run key={run.id} run={run} />
      ))}
    </table>
  );
}

function Run({ run }: { run: RunRow }) {
  const t = useWords();
  const outcome: Outcome = run.outcome ?? "running";
  const { Icon, tone } = LOOK[outcome];
  const counts = [run.objectsRead, run.created, run.updated, run.failed];
  return (
    <tbody data-problem={run.problem !== null || undefined}>
      <tr>
        <th scope="row">{t(`run.${run.kind}`)}</th>
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
