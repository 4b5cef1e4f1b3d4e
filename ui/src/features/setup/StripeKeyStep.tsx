import { Button } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { Setup } from "../../ipc/backend";
import { StripeCard } from "../keys/ConnectionCard";
import { KeyForm } from "../keys/KeyForm";
import { StripeGuide } from "../keys/StripeGuide";
import { StepPage } from "./StepPage";
import classes from "./setup.module.css";
import { useGoToStep } from "./steps";

/** How to make the Stripe key, and the place to paste it. */
export function StripeKeyStep({ setup }: { setup: Setup }) {
  const t = useWords();
  const goToStep = useGoToStep();
  const [replacing, setReplacing] = useState(false);
  if (setup.stripe !== null && !replacing) {
    return (
      <StepPage setup={setup} title={t("stripeKey.title")} lead={t("stripeKey.lead")}>
        <StripeCard connection={setup.stripe}>
          <Button variant="default" size="xs" onClick={() => setReplacing(true)}>
            {t("key.replace")}
          </Button>
        </StripeCard>
      </StepPage>
    );
  }
  return (
    <StepPage setup={setup} title={t("stripeKey.title")} lead={t("stripeKey.lead")}>
      <section className={classes.part} aria-label={t("guide.title")}>
        <StripeGuide />
      </section>
      <KeyForm
        service="stripe"
        sample={setup.sampleData}
        onConnected={() => void goToStep("permissions")}
        onCancel={setup.stripe === null ? undefined : () => setReplacing(false)}
      />
    </StepPage>
  );
}
