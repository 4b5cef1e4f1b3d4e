import { Button } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useWords } from "../../i18n/words";
import type { CsvFile } from "../../ipc/queries";
import classes from "./reconciliation.module.css";

interface FileDropProps {
  onFile: (file: CsvFile) => void;
  onPick: () => void;
}

/** Where a table is dropped, or chosen from the disk. It goes to Rust alone, and nowhere else. */
export function FileDrop({ onFile, onPick }: FileDropProps) {
  const t = useWords();
  const [over, setOver] = useState(false);
  const hover = (now: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(now);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped !== undefined) void readFile(dropped).then(onFile);
  };
  return (
    <section
      className={classes.drop}
      data-over={over || undefined}
      aria-label={t("reconcile.drop.title")}
      onDragOver={hover(true)}
      onDragLeave={hover(false)}
      onDrop={drop}
    >
      <IconFileSpreadsheet size={20} stroke={1.5} aria-hidden />
      <div>
        <h2>{t("reconcile.drop.title")}</h2>
        <p className={classes.muted}>{t("reconcile.drop.text")}</p>
      </div>
      <Button onClick={onPick}>{t("reconcile.choose")}</Button>
    </section>
  );
}

/** A hidden field for a file, and what opens its dialog. */
export function useFilePicker(onFile: (file: CsvFile) => void): { input: ReactNode; open: () => void } {
  const t = useWords();
  const field = useRef<HTMLInputElement>(null);
  const input = (
    <input
      ref={field}
      type="file"
      accept=".csv,text/csv"
      hidden
      aria-label={t("reconcile.choose")}
      onChange={(event) => {
        const chosen = event.currentTarget.files?.[0];
        // The same file may be chosen again after it was changed.
        event.currentTarget.value = "";
        if (chosen !== undefined) void readFile(chosen).then(onFile);
      }}
    />
  );
  return { input, open: () => field.current?.click() };
}

async function readFile(file: File): Promise<CsvFile> {
  return {
    id: `${file.name} ${file.size} ${file.lastModified}`,
    name: file.name,
    text: await file.text(),
  };
}
