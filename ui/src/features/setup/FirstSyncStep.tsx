import { Button } from "@mantine/core";
import { IconArrowsDiff, IconCircleCheck } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import type { RunRow, Setup, Status } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { PauseButton, StopButton } from "../../kit/RunControls";
import { RunProgressLine } from "../../kit/RunProgress";
import { useAction } from "../../kit/useAction";
import { RunCounts } from "../history/RunCounts";
import { StepPage } from "./StepPage";
import classes from "./setup.module.css";
import { useGoToStep } from "./steps";

/** The first push, and what came of it. */
export function FirstSyncStep({ setup, status }: { setup: Setup; status: Status }) {
  const t = useWords();
  const { progress, lastRun, problem } = status;
  const result = progress === null && lastRun !== null && lastRun.kind !== "import" ? lastRun : null;
  return (
    <StepPage
      setup={setup}
      title={t("firstSync.title")}
      lead={t("firstSync.lead")}
      note={progress !== null && t("progress.canClose")}
      actions={
        progress !== null && (
          <>
            <PauseButton status={status} />
            <StopButton />
          </>
        )
      }
    >
      {progress !== null && <RunProgressLine progress={progress} />}
      {problem && <ProblemNotice problem={problem} />}
      {result !== null && <Result run={result} />}
      {progress === null && result === null && <NotPushed />}
    </StepPage>
  );
}

function Result({ run }: { run: RunRow }) {
  const t = useWords();
  const backend = useBackend();
  const again = useAction(() => backend.syncNow());
  const outcome = run.outcome === null ? "running" : run.outcome;
  const good = run.outcome === "done" || run.outcome === "doneWithRefusals";
  return (
    <section className={classes.part}>
      <p className={classes.result} data-good={good || undefined}>
        {good && <IconCircleCheck size={20} stroke={1.5} aria-hidden />}
        {t(`firstSync.${outcome}`)}
      </p>
      <RunCounts run={run} />
      {run.problem && <ProblemNotice problem={run.problem} onTryAgain={() => void again.run()} />}
      {again.problem && <ProblemNotice problem={again.problem} onTryAgain={() => void again.run()} />}
    </section>
  );
}

function NotPushed() {
  const t = useWords();
  const goToStep = useGoToStep();
  return (
    <EmptyState
      icon={<IconArrowsDiff size={20} stroke={1.5} aria-hidden />}
      title={t("firstSync.waiting.title")}
      text={t("firstSync.waiting.text")}
      action={
        <Button variant="default" onClick={() => void goToStep("preview")}>
          {t("firstSync.toPreview")}
        </Button>
      }
    />
  );
}
