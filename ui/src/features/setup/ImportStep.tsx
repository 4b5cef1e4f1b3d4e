import { Button } from "@mantine/core";
import { IconCircleCheck, IconDownload } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import type { Setup, Status } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { PauseButton } from "../../kit/RunControls";
import { ListsProgress, RunProgressLine } from "../../kit/RunProgress";
import { useAction } from "../../kit/useAction";
import { StepPage } from "./StepPage";
import classes from "./setup.module.css";
import { stepIndex } from "./steps";

/** Reads Stripe, list by list. */
export function ImportStep({ setup, status }: { setup: Setup; status: Status }) {
  const t = useWords();
  const backend = useBackend();
  const start = useAction(() => backend.startImport());
  const { progress, lastRun } = status;
  const done = stepIndex(setup.reached) > stepIndex("import");
  const begun = lastRun?.kind === "import" && !done;
  const problem =
    start.problem ?? (progress === null ? (status.problem ?? (begun ? lastRun.problem : null)) : null);
  const startButton = (
    <Button disabled={start.busy} onClick={() => void start.run()}>
      {t(begun ? "import.resume" : "import.start")}
    </Button>
  );
  return (
    <StepPage
      setup={setup}
      title={t("import.title")}
      lead={t("import.lead")}
      actions={progress !== null && <PauseButton status={status} />}
      note={progress !== null && t("progress.canClose")}
    >
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void start.run()} />}
      {progress !== null && (
        <>
          <RunProgressLine progress={progress} />
          {progress.lists.length > 0 && (
            <div className={classes.lists}>
              <ListsProgress lists={progress.lists} />
            </div>
          )}
        </>
      )}
      {progress === null && !done && (
        <EmptyState
          icon={<IconDownload size={20} stroke={1.5} aria-hidden />}
          title={t("import.notStarted.title")}
          text={t("import.notStarted.text")}
          action={startButton}
        />
      )}
      {progress === null && done && (
        <section className={classes.part}>
          <p className={classes.result} data-good>
            <IconCircleCheck size={20} stroke={1.5} aria-hidden />
            {t("import.done")}
          </p>
          <p className={classes.note}>{t("import.next")}</p>
        </section>
      )}
    </StepPage>
  );
}
