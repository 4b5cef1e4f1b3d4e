import { useWords } from "../../i18n/words";
import type { Setup } from "../../ipc/backend";
import { Fold } from "../../kit/Fold";
import { ChecklistPanel } from "../keys/ChecklistPanel";
import { KeyBadge } from "../keys/KeyBadge";
import { StripeGuide } from "../keys/StripeGuide";
import { StepPage } from "./StepPage";

/** The checklist of the Stripe key, ticking off as answers come. */
export function PermissionsStep({ setup }: { setup: Setup }) {
  const t = useWords();
  return (
    <StepPage
      setup={setup}
      title={t("permissions.title")}
      lead={t("checklist.lead.stripe")}
      actions={setup.stripe && <KeyBadge connection={setup.stripe} />}
    >
      <ChecklistPanel service="stripe" />
      <Fold title={t("guide.title")}>
        <StripeGuide />
      </Fold>
    </StepPage>
  );
}
