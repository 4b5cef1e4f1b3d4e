import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useWords } from "../../i18n/words";
import type { Setup } from "../../ipc/backend";
import { Page } from "../../kit/Page";
import classes from "./setup.module.css";
import { neighbours, stepIndex, useGoToStep } from "./steps";

interface StepPageProps {
  setup: Setup;
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  fill?: boolean;
  /** Stands beside the buttons, such as why it does not go on yet. */
  note?: ReactNode;
  /** Replaces the Continue button. */
  primary?: ReactNode;
  children: ReactNode;
}

/** One step of setup: its content, and below it the way back and on. */
export function StepPage({ setup, title, lead, actions, fill, note, primary, children }: StepPageProps) {
  const t = useWords();
  const goToStep = useGoToStep();
  const { back, next } = neighbours(setup.step);
  const mayGoOn = next !== undefined && stepIndex(setup.reached) >= stepIndex(next);
  return (
    <>
      <div className={classes.scroll}>
        <Page title={title} lead={lead} actions={actions} fill={fill}>
          {children}
        </Page>
      </div>
      <footer className={classes.footer}>
        {back !== undefined && (
          <Button variant="default" onClick={() => void goToStep(back)}>
            {t("back")}
          </Button>
        )}
        <span className={classes.note}>{note}</span>
        {primary ??
          (next !== undefined && (
            <Button disabled={!mayGoOn} onClick={() => void goToStep(next)}>
              {t("continue")}
            </Button>
          ))}
      </footer>
    </>
  );
}
