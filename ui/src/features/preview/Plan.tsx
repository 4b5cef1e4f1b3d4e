import { Button } from "@mantine/core";
import { IconArrowsDiff, IconCircleCheck } from "@tabler/icons-react";
import { useWords, type Words } from "../../i18n/words";
import type { PlanSummary, Status } from "../../ipc/backend";
import { EmptyState } from "../../kit/EmptyState";
import { Fold } from "../../kit/Fold";
import { Moment } from "../../kit/Moment";
import { Notice } from "../../kit/Notice";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RunProgressLine } from "../../kit/RunProgress";
import { RowSkeletons } from "../../kit/Skeletons";
import { PlanTable } from "./PlanTable";
import classes from "./preview.module.css";
import { changesOf, type PlanState } from "./usePlan";

/** What the plan comes to, and what it costs of the portal's requests. */
function PlanLead({ summary }: { summary: PlanSummary }) {
  const t = useWords();
  const { creates, updates, removals, unchanged, skipped, failing, associations, properties, madeAt } =
    summary;
  const changes = changesOf(summary);
  return (
    <div className={classes.lead}>
      <p>
        <strong className={classes.changes}>{t("preview.changes", { count: changes })}</strong>
        {": "}
        {t("preview.counts", { creates, updates, unchanged, skipped })}
        {failing > 0 && ` ${t("preview.failing", { count: failing })}`}
        {removals > 0 && ` ${t("preview.removals", { count: removals })}`}
        {associations > 0 && ` ${t("preview.links", { count: associations })}`}
        {properties > 0 && ` ${t("preview.properties", { count: properties })}`}
      </p>
      <p>
        {cost(t, summary)} {t("preview.planned")} <Moment at={madeAt} />.
      </p>
      {changes > 0 && <Word reason={summary.needsApproval} />}
    </div>
  );
}

/** Why the push waits for the user's word, where it does. */
function Word({ reason }: { reason: PlanSummary["needsApproval"] }) {
  const t = useWords();
  if (reason === null) return null;
  const text = (
    <p>
      {t(`preview.needsApproval.${reason}`)} {t("preview.untilPressed")}
    </p>
  );
  if (reason !== "otherInstallation") return text;
  return (
    <div className={classes.word}>
      <Notice tone="warn" title={t("preview.otherInstallation")}>
        {text}
      </Notice>
    </div>
  );
}

function cost(t: Words, { requests, dailyLimit: limit, dailyLeft: left }: PlanSummary): string {
  if (limit === null) return t("preview.cost", { requests });
  if (left === null) return t("preview.cost.limitOnly", { requests, limit });
  return t("preview.cost.limit", { requests, limit, left });
}

/** The plan row by row, or what stands in its place. */
export function PlanBody({ plan, status }: { plan: PlanState; status: Status }) {
  const t = useWords();
  const { summary } = plan;
  return (
    <>
      {summary !== null && <PlanLead summary={summary} />}
      {status.progress && <RunProgressLine progress={status.progress} />}
      {plan.problem && <ProblemNotice problem={plan.problem} onTryAgain={plan.make} />}
      {summary === null ? <NoPlan plan={plan} /> : <Rows summary={summary} />}
      {summary === null && (plan.loading || plan.making) && (
        <span className="visuallyHidden">{t("preview.making")}</span>
      )}
    </>
  );
}

function NoPlan({ plan }: { plan: PlanState }) {
  const t = useWords();
  if (plan.loading || plan.making) return <RowSkeletons rows={12} />;
  return (
    <EmptyState
      icon={<IconArrowsDiff size={20} stroke={1.5} aria-hidden />}
      title={t("preview.empty.title")}
      text={t("preview.empty.text")}
      action={<Button onClick={plan.make}>{t("preview.make")}</Button>}
    />
  );
}

function Rows({ summary }: { summary: PlanSummary }) {
  const t = useWords();
  const { creates, updates, removals, unchanged, skipped } = summary;
  const total = creates + updates + removals + unchanged + skipped;
  if (total === 0) {
    return (
      <EmptyState
        icon={<IconCircleCheck size={20} stroke={1.5} aria-hidden />}
        title={t("preview.nothing.title")}
        text={t("preview.nothing.text")}
      />
    );
  }
  return (
    <>
      {summary.byProperty.length > 0 && <ByProperty summary={summary} />}
      <PlanTable summary={summary} />
    </>
  );
}

function ByProperty({ summary }: { summary: PlanSummary }) {
  const t = useWords();
  return (
    <Fold title={t("preview.byProperty")} aside={t("preview.byProperty.text")}>
      <ul className={classes.byProperty}>
        {summary.byProperty.map(({ object, property, label, records }) => (
          <li key={`${object} ${property}`}>
            <span>
              {label} <span className={classes.muted}>{t(`object.${object}`)}</span>
            </span>
            <span className={classes.figure}>{t("progress.done", { done: records })}</span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
