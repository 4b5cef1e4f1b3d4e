import { SetupWizard } from "../features/setup/SetupWizard";
import { useLiveData, useOpening, useSetup, useStatus } from "../ipc/queries";
import { ProblemNotice } from "../kit/ProblemNotice";
import { RowSkeletons } from "../kit/Skeletons";
import { ForgottenDialog } from "./ForgottenDialog";
import classes from "./frame.module.css";
import { MainWindow } from "./MainWindow";
import { OpeningScreen } from "./OpeningScreen";
import { SampleBanner } from "./SampleBanner";
import { StatusAnnouncer } from "./StatusAnnouncer";

/** Shows how far the data is open until it is, and everything else from then on. */
export function Window() {
  useLiveData();
  const { data: opening } = useOpening();
  if (opening === undefined) return <main className={classes.start} />;
  return opening.state === "open" ? <OpenedWindow /> : <OpeningScreen opening={opening} />;
}

/** Shows the guided setup until it has been finished once, and the main window from then on. */
function OpenedWindow() {
  const setup = useSetup();
  const status = useStatus();
  if (setup.data === undefined || status.data === undefined) {
    const failed = setup.isError ? setup : status;
    return (
      <main className={classes.start}>
        {failed.error === null ? (
          <RowSkeletons rows={6} />
        ) : (
          <ProblemNotice
            problem={failed.error}
            onTryAgain={() => void Promise.all([setup.refetch(), status.refetch()])}
          />
        )}
      </main>
    );
  }
  return (
    <div className={classes.window}>
      {status.data.sampleData && <SampleBanner />}
      {setup.data.finished ? (
        <MainWindow status={status.data} />
      ) : (
        <SetupWizard setup={setup.data} status={status.data} />
      )}
      <ForgottenDialog />
      <StatusAnnouncer status={status.data} />
    </div>
  );
}
