import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { DiagnosticsFile } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { ExportButton } from "../../kit/ExportButton";
import { Fold } from "../../kit/Fold";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./settings.module.css";

/** What helps whoever helps: all of it is there to be read before it is saved. */
export function Diagnostics() {
  const t = useWords();
  const backend = useBackend();
  const [files, setFiles] = useState<DiagnosticsFile[] | null>(null);
  const close = () => setFiles(null);
  const gather = useAction(async () => setFiles(await backend.diagnostics()));
  const save = async () => {
    const saved = await backend.saveDiagnostics();
    close();
    return saved;
  };
  return (
    <>
      {gather.problem && <ProblemNotice problem={gather.problem} />}
      <div className={classes.line}>
        <Button variant="default" size="xs" loading={gather.busy} onClick={() => void gather.run()}>
          {t("diagnostics.open")}
        </Button>
        <span className={classes.muted}>{t("diagnostics.short")}</span>
      </div>
      <Modal
        size="xl"
        opened={files !== null}
        onClose={close}
        title={t("diagnostics.title")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <p>{t("diagnostics.text")}</p>
        <div className={classes.files}>
          {files?.map((file) => (
            <Fold key={file.name} title={file.name}>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard too */}
              <pre className={classes.fileText} tabIndex={0}>
                {file.text}
              </pre>
            </Fold>
          ))}
        </div>
        <div className={classes.dialogLine}>
          <Button variant="default" onClick={close} data-autofocus>
            {t("cancel")}
          </Button>
          <ExportButton label={t("diagnostics.save")} done={t("diagnostics.saved")} write={save} />
        </div>
      </Modal>
    </>
  );
}
