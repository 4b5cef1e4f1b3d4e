import { Button, Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { Setup, TrayPresence } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import { StepPage } from "./StepPage";
import classes from "./setup.module.css";

/** Asks whether ClearSync starts with the computer, and ends setup. */
export function KeepInSyncStep({ setup, tray }: { setup: Setup; tray: TrayPresence }) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const [autostart, setAutostart] = useState(true);
  const finish = useAction(async () => {
    const status = await backend.finishSetup(autostart);
    cache.setQueryData(queries.status(backend).queryKey, status);
    await cache.invalidateQueries({ queryKey: queries.setup(backend).queryKey });
  });
  return (
    <StepPage
      setup={setup}
      title={t("keep.title")}
      lead={t("keep.lead")}
      primary={
        <Button disabled={finish.busy} onClick={() => void finish.run()}>
          {t("keep.finish")}
        </Button>
      }
    >
      <Switch
        label={t("keep.autostart")}
        description={t("keep.autostart.text")}
        checked={autostart}
        onChange={(event) => setAutostart(event.currentTarget.checked)}
      />
      <p className={classes.muted}>{tray === "noHost" ? t("keep.noTray") : t("keep.background")}</p>
      {finish.problem && <ProblemNotice problem={finish.problem} onTryAgain={() => void finish.run()} />}
    </StepPage>
  );
}
