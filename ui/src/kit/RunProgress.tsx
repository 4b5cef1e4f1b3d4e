import { Progress } from "@mantine/core";
import { minutesLeft } from "../frame/statusWords";
import { useWords } from "../i18n/words";
import type { ListProgress, RunProgress as Run } from "../ipc/backend";
import classes from "./RunProgress.module.css";

/** How far a run is: what it does, how much of it, how fast, and how long in rounded words. */
export function RunProgressLine({ progress }: { progress: Run }) {
  const t = useWords();
  const { step, done, total, perSecond, minutesLeft: minutes, held } = progress;
  const name = t(`step.${step}`);
  const facts = [
    total === null ? t("progress.done", { done }) : t("progress.of", { done, total }),
    !held && perSecond > 0 ? t("progress.rate", { rate: perSecond }) : null,
    !held && minutes !== null ? minutesLeft(t, minutes) : null,
  ].filter((fact) => fact !== null);
  return (
    <div className={classes.line}>
      <div className={classes.words}>
        <span className={classes.step}>{held ? t("step.held", { step: name }) : name}</span>
        <span className={classes.facts}>{facts.join(" · ")}</span>
      </div>
      <Bar label={name} done={done} total={total} held={held} />
    </div>
  );
}

interface BarProps {
  label: string;
  done: number;
  total: number | null;
  held?: boolean;
}

/** A thin bar. Where the whole is not known it only shows that work goes on. */
function Bar({ label, done, total, held = false }: BarProps) {
  if (total === null || total === 0) {
    return (
      <div className={classes.unknown} data-held={held || undefined} role="progressbar" aria-label={label}>
        <span />
      </div>
    );
  }
  return (
    <Progress
      size={4}
      radius="sm"
      value={(100 * done) / total}
      aria-label={label}
      color={held ? "gray" : undefined}
    />
  );
}

/** Stripe's lists one by one, while they are read. */
export function ListsProgress({ lists }: { lists: ListProgress[] }) {
  const t = useWords();
  return (
    <table className={classes.lists}>
      <thead>
        <tr>
          <th scope="col">{t("import.list")}</th>
          <th scope="col" className={classes.barColumn}>
            <span className="visuallyHidden">{t("progress.label")}</span>
          </th>
          <th scope="col" className={classes.number}>
            {t("import.objects")}
          </th>
          <th scope="col" className={classes.number}>
            {t("import.rate")}
          </th>
          <th scope="col">{t("import.state")}</th>
        </tr>
      </thead>
      <tbody>
        {lists.map(({ list, state, done, total, perSecond }) => (
          <tr key={list} data-state={state}>
            <th scope="row">{t(`list.${list}`)}</th>
            <td className={classes.barColumn}>
              {state === "reading" && <Bar label={t(`list.${list}`)} done={done} total={total} />}
              {state === "done" && <Bar label={t(`list.${list}`)} done={1} total={1} />}
            </td>
            <td className={classes.number}>
              {total === null || state === "done"
                ? t("progress.done", { done })
                : t("progress.of", { done, total })}
            </td>
            <td className={classes.number}>
              {state === "reading" && t("progress.rate", { rate: perSecond })}
            </td>
            <td className={classes.state}>{t(`listState.${state}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
