import { Button } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { Setup } from "../../ipc/backend";
import { Fold } from "../../kit/Fold";
import { ChecklistPanel } from "../keys/ChecklistPanel";
import { HubSpotCard } from "../keys/ConnectionCard";
import { HubSpotGuide } from "../keys/HubSpotGuide";
import { KeyForm } from "../keys/KeyForm";
import { StepPage } from "./StepPage";

/** The HubSpot key and its scopes. */
export function HubSpotStep({ setup }: { setup: Setup }) {
  const t = useWords();
  const [replacing, setReplacing] = useState(false);
  const connected = setup.hubspot !== null && !replacing;
  return (
    <StepPage setup={setup} title={t("hubSpot.title")} lead={t("hubSpot.lead")}>
      {setup.hubspot !== null && !replacing ? (
        <HubSpotCard connection={setup.hubspot}>
          <Button variant="default" size="xs" onClick={() => setReplacing(true)}>
            {t("key.replace")}
          </Button>
        </HubSpotCard>
      ) : (
        <>
          <HubSpotGuide />
          <KeyForm
            service="hubSpot"
            sample={setup.sampleData}
            onConnected={() => setReplacing(false)}
            onCancel={setup.hubspot === null ? undefined : () => setReplacing(false)}
          />
        </>
      )}
      <ChecklistPanel service="hubSpot" />
      {connected && (
        <Fold title={t("guide.hubSpot.title")}>
          <HubSpotGuide />
        </Fold>
      )}
    </StepPage>
  );
}
