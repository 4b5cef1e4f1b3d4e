import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../i18n/words";
import type { Opening } from "../ipc/backend";
import { queries, useBackend } from "../ipc/queries";
import { useWorkspaces } from "../ipc/workspaces";
import { ConfirmDialog } from "../kit/ConfirmDialog";
import kit from "../kit/kit.module.css";
import { ProblemNotice } from "../kit/ProblemNotice";
import { RowSkeletons } from "../kit/Skeletons";
import { useAction } from "../kit/useAction";
import { AccountMenu } from "./AccountMenu";
import { ForgottenDialog } from "./ForgottenDialog";
import classes from "./frame.module.css";

/** Says how far the data is open, until it is: a keychain may ask its user for a password meanwhile. */
export function OpeningScreen({ opening }: { opening: Exclude<Opening, { state: "open" }> }) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const openAgain = useAction(async (setAside: boolean) => {
    await backend.openAgain(setAside);
    await cache.invalidateQueries({ queryKey: queries.opening(backend).queryKey });
  });
  const [asking, setAsking] = useState(false);
  if (opening.state === "waiting") {
    return (
      <main className={classes.start} aria-busy>
        <h1 className={classes.openingTitle}>{t("opening.waiting")}</h1>
        <p role="status">{t("opening.waiting.text")}</p>
        <RowSkeletons rows={4} />
        <OtherAccounts />
      </main>
    );
  }
  return (
    <main className={classes.start}>
      <h1 className={classes.openingTitle}>{t("opening.closed")}</h1>
      <ProblemNotice problem={{ ...opening.problem, action: null }} />
      {openAgain.problem && <ProblemNotice problem={openAgain.problem} />}
      <div className={kit.dialogButtons}>
        {opening.canBeginAnew && (
          <Button variant="default" onClick={() => setAsking(true)}>
            {t("opening.beginAnew")}
          </Button>
        )}
        <Button loading={openAgain.busy} onClick={() => void openAgain.run(false)}>
          {t("opening.tryAgain")}
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title={t("opening.beginAnew.title")}
        text={t("opening.beginAnew.text")}
        confirm={t("opening.beginAnew.confirm")}
        destructive
        onConfirm={() => {
          setAsking(false);
          void openAgain.run(true);
        }}
        onClose={() => setAsking(false)}
      />
      <OtherAccounts />
    </main>
  );
}

/** The others may be open while this one is not. */
function OtherAccounts() {
  const { rows } = useWorkspaces();
  return (
    <>
      {rows.length > 1 && (
        <div className={classes.startAccounts}>
          <AccountMenu />
        </div>
      )}
      <ForgottenDialog />
    </>
  );
}
