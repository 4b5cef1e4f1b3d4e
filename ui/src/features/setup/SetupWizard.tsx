import { Stepper } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { AccountMenu } from "../../frame/AccountMenu";
import { NavigationContext } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { Setup, SetupStep, Status } from "../../ipc/backend";
import { useWorkspaces } from "../../ipc/workspaces";
import { StatusDot } from "../../kit/StatusDot";
import { FirstSyncStep } from "./FirstSyncStep";
import { HubSpotStep } from "./HubSpotStep";
import { ImportStep } from "./ImportStep";
import { KeepInSyncStep } from "./KeepInSyncStep";
import { PermissionsStep } from "./PermissionsStep";
import { PreviewStep } from "./PreviewStep";
import { ReviewStep } from "./ReviewStep";
import { StripeKeyStep } from "./StripeKeyStep";
import classes from "./setup.module.css";
import { SETUP_STEPS, stepIndex, useGoToStep } from "./steps";
import { WelcomeStep } from "./WelcomeStep";
import { WhatToCreateStep } from "./WhatToCreateStep";

/** The guided setup. Rust holds where it stands, so it is found again wherever it was left. */
export function SetupWizard({ setup, status }: { setup: Setup; status: Status }) {
  const goToStep = useGoToStep();
  const navigation = useMemo(
    () => ({
      open: () => void goToStep("preview"),
      openMonth: () => undefined,
      replaceKey: (service: "stripe" | "hubSpot") =>
        void goToStep(service === "stripe" ? "stripeKey" : "hubSpot"),
    }),
    [goToStep],
  );
  const screens: Record<SetupStep, ReactNode> = {
    welcome: <WelcomeStep />,
    stripeKey: <StripeKeyStep setup={setup} />,
    permissions: <PermissionsStep setup={setup} />,
    hubSpot: <HubSpotStep setup={setup} />,
    whatToCreate: <WhatToCreateStep setup={setup} />,
    import: <ImportStep setup={setup} status={status} />,
    review: <ReviewStep setup={setup} />,
    preview: <PreviewStep setup={setup} status={status} />,
    firstSync: <FirstSyncStep setup={setup} status={status} />,
    keepInSync: <KeepInSyncStep setup={setup} tray={status.tray} />,
  };
  return (
    <NavigationContext value={navigation}>
      <div className={classes.wizard}>
        <StepRail setup={setup} status={status} />
        <main className={classes.content} key={setup.step}>
          {screens[setup.step]}
        </main>
      </div>
    </NavigationContext>
  );
}

/** The ten steps on the left; on a narrow window one line on top. */
function StepRail({ setup, status }: { setup: Setup; status: Status }) {
  const t = useWords();
  const goToStep = useGoToStep();
  const active = stepIndex(setup.step);
  const reached = stepIndex(setup.reached);
  const several = useWorkspaces().rows.length > 1;
  const open = (index: number) => {
    const step = SETUP_STEPS[index];
    if (step !== undefined && index <= reached) void goToStep(step);
  };
  return (
    <nav className={classes.steps} aria-label={t("setup.title")}>
      <p className={classes.product}>{t("app.name")}</p>
      <p className={classes.position}>
        {t("setup.position", { step: active + 1, steps: SETUP_STEPS.length })} ·{" "}
        {t(`setup.step.${setup.step}`)}
      </p>
      <Stepper
        active={active}
        onStepClick={open}
        orientation="vertical"
        iconSize={24}
        size="xs"
        classNames={{
          root: classes.stepper,
          step: classes.step,
          stepBody: classes.stepBody,
          stepLabel: classes.stepLabel,
          stepIcon: classes.stepIcon,
        }}
      >
        {SETUP_STEPS.map((step, index) => (
          <Stepper.Step
            key={step}
            label={t(`setup.step.${step}`)}
            allowStepSelect={index <= reached}
            aria-current={index === active ? "step" : undefined}
            disabled={index > reached}
          />
        ))}
      </Stepper>
      {status.progress !== null && setup.step !== "import" && setup.step !== "firstSync" && (
        <p className={classes.running}>
          <StatusDot phase="syncing" /> {t(`step.${status.progress.step}`)}
        </p>
      )}
      <p className={classes.leave}>{t("setup.leave")}</p>
      {several && (
        <div className={classes.accounts}>
          <AccountMenu />
        </div>
      )}
    </nav>
  );
}
