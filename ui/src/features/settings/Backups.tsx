import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatExact, formatNumber } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { BackupRow } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { ConfirmDialog } from "../../kit/ConfirmDialog";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./settings.module.css";

/** The copies of ClearSync's data: making one, and going back to one. */
export function Backups() {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const backups = useQuery(queries.backups(backend));
  const [chosen, setChosen] = useState<BackupRow | null>(null);
  const again = () => cache.invalidateQueries({ queryKey: queries.backups(backend).queryKey });
  const backUp = useAction(async () => {
    await backend.backUp();
    await again();
  });
  const [restored, setRestored] = useState(false);
  const restore = useAction(async (name: string) => {
    setRestored(false);
    await backend.restoreBackup(name);
    await cache.invalidateQueries();
    setRestored(true);
  });
  const [asking, setAsking] = useState(false);
  const [copied, setCopied] = useState<string | null>(null);
  const copy = useAction(async () => {
    setCopied(null);
    setCopied((await backend.saveReadableCopy()).path);
  });
  const problem = backUp.problem ?? copy.problem ?? restore.problem ?? backups.error;
  const rows = backups.data ?? [];
  return (
    <div className={classes.backups}>
      {problem && <ProblemNotice problem={problem} />}
      <div className={classes.line}>
        <Button variant="default" size="xs" loading={backUp.busy} onClick={() => void backUp.run()}>
          {t("backup.make")}
        </Button>
        <span className={classes.muted}>{t(rows.length === 0 ? "backup.none" : "backup.latest")}</span>
      </div>
      <div className={classes.line}>
        <Button variant="default" size="xs" loading={copy.busy} onClick={() => setAsking(true)}>
          {t("backup.copy")}
        </Button>
        <span className={classes.muted}>{t("backup.copy.hint")}</span>
      </div>
      {copied !== null && <p role="status">{t("backup.copied", { path: copied })}</p>}
      {restored && <p role="status">{t("restore.done")}</p>}
      {rows.length > 0 && (
        <ul className={classes.backupList}>
          {rows.map((row) => (
            <Row key={row.name} row={row} onRestore={() => setChosen(row)} />
          ))}
        </ul>
      )}
      <ConfirmDialog
        opened={chosen !== null}
        title={t("backup.restore.title")}
        text={t("backup.restore.text")}
        confirm={t("backup.restore")}
        onConfirm={() => {
          if (chosen) void restore.run(chosen.name);
          setChosen(null);
        }}
        onClose={() => setChosen(null)}
      />
      <ConfirmDialog
        opened={asking}
        title={t("backup.copy.title")}
        text={t("backup.copy.text")}
        confirm={t("backup.copy.confirm")}
        onConfirm={() => {
          setAsking(false);
          void copy.run();
        }}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}

function Row({ row, onRestore }: { row: BackupRow; onRestore: () => void }) {
  const t = useWords();
  const label = t("backup.row", { moment: formatExact(new Date(row.madeAt)) });
  return (
    <li>
      <span className={classes.backupNames}>
        <span>{label}</span>
        <span className={classes.backupFile}>{row.name}</span>
      </span>
      {!row.encrypted && <span className={classes.muted}>{t("backup.readable")}</span>}
      <span className={classes.muted}>{t("backup.size", { size: formatNumber(row.sizeKib) })}</span>
      <Button variant="default" size="xs" onClick={onRestore} aria-label={`${t("backup.restore")}: ${label}`}>
        {t("backup.restore")}
      </Button>
    </li>
  );
}
