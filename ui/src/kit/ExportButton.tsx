import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useWords } from "../i18n/words";
import { showProblem } from "./showProblem";
import { useAction } from "./useAction";

interface ExportButtonProps {
  label: string;
  /** What is said when the file is there. */
  done: string;
  /** Writes the file and tells its path. */
  write: () => Promise<{ path: string }>;
}

/** Saves a table as a file, and says where. */
export function ExportButton({ label, done, write }: ExportButtonProps) {
  const t = useWords();
  const save = useAction(async () => {
    try {
      const { path } = await write();
      notifications.show({
        id: "exported",
        title: done,
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
      {label}
    </Button>
  );
}
