import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import { useBackend } from "../../ipc/queries";
import { showProblem } from "../../kit/showProblem";

/** Opens a record's page in HubSpot. */
export function HubSpotLink({ url }: { url: string }) {
  const t = useWords();
  const backend = useBackend();
  return (
    <Button
      variant="default"
      rightSection={<IconExternalLink size={16} aria-hidden />}
      onClick={() => void backend.openLink(url).catch((cause) => showProblem(t, cause))}
    >
      {t("history.openInHubSpot")}
    </Button>
  );
}
