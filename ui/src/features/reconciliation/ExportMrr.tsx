import { useWords } from "../../i18n/words";
import { useBackend } from "../../ipc/queries";
import { ExportButton } from "../../kit/ExportButton";

/** Saves our MRR per subscriber and month as a table, and says where. */
export function ExportMrr() {
  const t = useWords();
  const backend = useBackend();
  return (
    <ExportButton label={t("reconcile.export")} done={t("reconcile.exported")} write={backend.exportMrr} />
  );
}
