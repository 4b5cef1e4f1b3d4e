import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import { useBackend, useChecklist } from "../../ipc/queries";
import { CopyButton } from "../../kit/CopyButton";
import classes from "./keys.module.css";

const HUBSPOT_URL = "https://app.hubspot.com/";
const STEPS = ["guide.hubSpot.1", "guide.hubSpot.2", "guide.hubSpot.3", "guide.hubSpot.4"] as const;

/** How to make the HubSpot key. */
export function HubSpotGuide() {
  const t = useWords();
  const backend = useBackend();
  const scopes = useChecklist("hubSpot").data?.rows.map((row) => row.id) ?? [];
  return (
    <div className={classes.guide}>
      <ol className={classes.steps}>
        {STEPS.map((step) => (
          <li key={step}>{t(step)}</li>
        ))}
      </ol>
      <div className={classes.buttons}>
        <Button
          variant="light"
          leftSection={<IconExternalLink size={16} aria-hidden />}
          onClick={() => void backend.openLink(HUBSPOT_URL).catch(() => undefined)}
        >
          {t("guide.hubSpot.open")}
        </Button>
        {scopes.length > 0 && <CopyButton text={scopes.join("\n")} label={t("guide.hubSpot.copyScopes")} />}
      </div>
      <p className={classes.aside}>{t("guide.hubSpot.older")}</p>
    </div>
  );
}
