import { useWords } from "../../i18n/words";
import type { RunRow } from "../../ipc/backend";
import classes from "./history.module.css";

/** What a run read and wrote. */
export function RunCounts({ run }: { run: RunRow }) {
  const t = useWords();
  const counts = [
    { name: t("history.column.read"), count: run.objectsRead },
    { name: t("history.column.created"), count: run.created },
    { name: t("history.column.updated"), count: run.updated },
    { name: t("history.column.failed"), count: run.failed },
  ];
  return (
    <dl className={classes.counts}>
      {counts.map(({ name, count }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{t("progress.done", { done: count })}</dd>
        </div>
      ))}
    </dl>
  );
}
