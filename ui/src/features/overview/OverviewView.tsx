import { Button, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowRight,
  IconArrowsDiff,
  IconChartLine,
  IconUserQuestion,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useNavigation } from "../../frame/navigation";
import { longStatus } from "../../frame/statusWords";
import { useWords } from "../../i18n/words";
import type { Overview, Status, Totals } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { useNow } from "../../kit/Moment";
import { Money } from "../../kit/Money";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { PauseButton, StopButton } from "../../kit/RunControls";
import { RunProgressLine } from "../../kit/RunProgress";
import { FigureSkeletons, RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { LargestSubscriptions } from "./LargestSubscriptions";
import classes from "./overview.module.css";

/** The first screen: the state, the figures, what needs the user, and the largest subscriptions. */
export function OverviewView({ status }: { status: Status }) {
  const t = useWords();
  const backend = useBackend();
  const now = useNow();
  const overview = useQuery(queries.overview(backend));
  const sync = useAction(() => backend.syncNow());
  const syncing = status.progress !== null;
  const problem = sync.problem ?? status.problem;
  return (
    <Page
      title={t("overview.title")}
      lead={longStatus(t, status, now)}
      actions={
        <>
          <PauseButton status={status} />
          {syncing ? (
            <StopButton />
          ) : (
            <Button disabled={sync.busy} onClick={() => void sync.run()}>
              {t("sync.now")}
            </Button>
          )}
        </>
      }
    >
      {status.progress && <RunProgressLine progress={status.progress} />}
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void sync.run()} />}
      {overview.error && (
        <ProblemNotice problem={overview.error} onTryAgain={() => void overview.refetch()} />
      )}
      {overview.isPending && <Waiting />}
      {overview.data && <Figures overview={overview.data} status={status} />}
    </Page>
  );
}

function Waiting() {
  return (
    <>
      <FigureSkeletons figures={3} />
      <RowSkeletons rows={8} />
    </>
  );
}

function Figures({ overview, status }: { overview: Overview; status: Status }) {
  const t = useWords();
  if (overview.totals.length === 0) {
    return (
      <>
        <EmptyState
          icon={<IconChartLine size={20} stroke={1.5} aria-hidden />}
          title={t("overview.empty.title")}
          text={t("overview.empty.text")}
        />
        <NeedsYou status={status} unmatched={overview.unmatchedCustomers} />
      </>
    );
  }
  return (
    <>
      <section className={classes.totals} aria-label={t("overview.mrr")}>
        {overview.totals.map((totals, index) => (
          <TotalsRow key={totals.mrr.currency} totals={totals} large={index === 0} />
        ))}
        {overview.totals.length > 1 && <p className={classes.aside}>{t("overview.currencies")}</p>}
      </section>
      <NeedsYou status={status} unmatched={overview.unmatchedCustomers} />
      <LargestSubscriptions rows={overview.largest} />
    </>
  );
}

/** The figures of one currency: the first large, the others in a line each. */
function TotalsRow({ totals, large }: { totals: Totals; large: boolean }) {
  const t = useWords();
  const { mrr, arr, atRisk, subscriptions, customers } = totals;
  return (
    <dl className={classes.row} data-large={large || undefined}>
      <Figure name={t("overview.mrr")}>
        <Money value={mrr} />
      </Figure>
      <Figure name={t("overview.arr")}>
        <Money value={arr} />
      </Figure>
      <Figure name={t("overview.atRisk")} hint={t("overview.atRisk.text")}>
        <Money value={atRisk} />
      </Figure>
      <div className={classes.counts}>
        <dt className="visuallyHidden">{t("subscriptions.title")}</dt>
        <dd>
          {t("overview.counts", { count: subscriptions })} · {t("overview.customers", { count: customers })}
        </dd>
      </div>
    </dl>
  );
}

function Figure({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className={classes.figure} title={hint}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function NeedsYou({ status, unmatched }: { status: Status; unmatched: number }) {
  const t = useWords();
  const { open } = useNavigation();
  const { waitingChanges, attention } = status;
  const nothing = waitingChanges === 0 && attention === 0 && unmatched === 0;
  return (
    <section>
      <h2 className={classes.heading}>{t("overview.needsYou")}</h2>
      {nothing && <p className={classes.muted}>{t("overview.needsYou.none")}</p>}
      {waitingChanges > 0 && (
        <Need
          Icon={IconArrowsDiff}
          text={t("overview.waiting", { count: waitingChanges })}
          to={t("overview.toPreview")}
          onOpen={() => open("preview")}
        />
      )}
      {attention > 0 && (
        <Need
          Icon={IconAlertTriangle}
          warn
          text={t("overview.attention", { count: attention })}
          to={t("overview.toAttention")}
          onOpen={() => open("attention")}
        />
      )}
      {unmatched > 0 && (
        <Need
          Icon={IconUserQuestion}
          warn
          text={t("overview.unmatched", { count: unmatched })}
          to={t("overview.toAttention")}
          onOpen={() => open("attention")}
        />
      )}
    </section>
  );
}

interface NeedProps {
  Icon: typeof IconAlertTriangle;
  warn?: boolean;
  text: string;
  to: string;
  onOpen: () => void;
}

function Need({ Icon, warn, text, to, onOpen }: NeedProps) {
  return (
    <UnstyledButton className={classes.need} onClick={onOpen}>
      <Icon className={warn ? classes.warn : classes.accent} size={16} aria-hidden />
      <span>{text}</span>
      <span className={classes.to}>
        {to} <IconArrowRight size={16} aria-hidden />
      </span>
    </UnstyledButton>
  );
}
