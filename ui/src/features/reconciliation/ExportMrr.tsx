import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import { useBackend } from "../../ipc/queries";
import { showProblem } from "../../kit/showProblem";
import { useAction } from "../../kit/useAction";

/** Saves our MRR per subscriber and month as a table, and says where. */
export function ExportMrr() {
  const t = useWords();
  const backend = useBackend();
  const save = useAction(async () => {
    try {
      const { path } = await backend.exportMrr();
      notifications.show({
        id: "exported",
        title: t("reconcile.exported"),
        message: path,
        autoClose: false,
        closeButtonProps: { "aria-label": t("close") },
      });
    } catch (cause) {
      showProblem(t, cause);
    }
  });
  return (
    <Button
      variant="default"
      disabled={save.busy}
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => void save.run()}
    >
      {t("reconcile.export")}
    </Button>
  );
}
