import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useWords } from "../i18n/words";
import { useBackend } from "../ipc/queries";
import { showProblem } from "./showProblem";

/** Opens a record's page in HubSpot. */
export function HubSpotLink({ url, size = "sm" }: { url: string; size?: "xs" | "sm" }) {
  const t = useWords();
  const backend = useBackend();
  return (
    <Button
      variant="default"
      size={size}
      rightSection={<IconExternalLink size={16} aria-hidden />}
      onClick={() => void backend.openLink(url).catch((cause) => showProblem(t, cause))}
    >
      {t("history.openInHubSpot")}
    </Button>
  );
}
