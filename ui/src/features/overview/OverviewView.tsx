import { Button } from "@mantine/core";
import { IconChartLine } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { longStatus } from "../../frame/statusWords";
import { useWords } from "../../i18n/words";
import type { Status } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { useNow } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { PauseButton, StopButton } from "../../kit/RunControls";
import { RunProgressLine } from "../../kit/RunProgress";
import { StandsStill } from "../../kit/StandsStill";
import { useAction } from "../../kit/useAction";
import { SubscriptionDrawer } from "../subscriptions/SubscriptionDrawer";
import { Cohorts } from "./Cohorts";
import { FigureGrid } from "./FigureGrid";
import { FiguresHead } from "./FiguresHead";
import { LatestMovements } from "./LatestMovements";
import { MONTHS_BACK, MonthSection, type Range } from "./MonthSection";
import { NeedsYou } from "./NeedsYou";
import { OverviewSkeleton } from "./OverviewSkeleton";
import classes from "./overview.module.css";
import { Renewals } from "./Renewals";

/** The first screen: the state, the company's figures and their way over time, and what needs the user. */
export function OverviewView({ status }: { status: Status }) {
  const t = useWords();
  const backend = useBackend();
  const now = useNow();
  const sync = useAction(() => backend.syncNow());
  const problem = sync.problem ?? status.problem;
  return (
    <Page
      title={t("overview.title")}
      lead={longStatus(t, status, now)}
      actions={
        <>
          <PauseButton status={status} />
          {status.progress === null ? (
            <Button disabled={sync.busy} onClick={() => void sync.run()}>
              {t("sync.now")}
            </Button>
          ) : (
            <StopButton />
          )}
        </>
      }
    >
      {status.progress && <RunProgressLine progress={status.progress} />}
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void sync.run()} />}
      <StandsStill />
      <Company status={status} />
    </Page>
  );
}

function Company({ status }: { status: Status }) {
  const t = useWords();
  const backend = useBackend();
  const [currency, setCurrency] = useState<string | null>(null);
  const [range, setRange] = useState<Range>("12");
  const [shown, setShown] = useState<string | null>(null);
  const figures = useQuery({
    ...queries.companyFigures(backend, currency, MONTHS_BACK[range]),
    placeholderData: keepPreviousData,
  });
  const { data } = figures;
  if (figures.error) {
    return <ProblemNotice problem={figures.error} onTryAgain={() => void figures.refetch()} />;
  }
  if (data === undefined) return <OverviewSkeleton />;
  if (data.currencies.length === 0) {
    return (
      <>
        <EmptyState
          icon={<IconChartLine size={20} stroke={1.5} aria-hidden />}
          title={t("overview.empty.title")}
          text={t("overview.empty.text")}
        />
        <NeedsYou status={status} />
      </>
    );
  }
  return (
    <>
      <section className={classes.figures} aria-label={t("overview.figures")}>
        <FiguresHead figures={data} onCurrency={setCurrency} />
        <FigureGrid figures={data} />
      </section>
      <MonthSection figures={data} range={range} onRange={setRange} />
      <div className={classes.pair}>
        <NeedsYou status={status} />
        <Renewals renewals={data.renewals} onOpen={setShown} />
      </div>
      <LatestMovements currency={data.converted ? null : data.currency} onOpen={setShown} />
      <Cohorts rows={data.cohorts} />
      <SubscriptionDrawer id={shown} onClose={() => setShown(null)} />
    </>
  );
}
