import { useWords } from "../../i18n/words";
import type { MovementKind } from "../../ipc/backend";
import classes from "./movements.module.css";

/** Kinds that are drawn in the charts, and as which part. */
const PART: Partial<Record<MovementKind, string>> = {
  new: "new",
  reactivation: "reactivation",
  upgrade: "expansion",
  downgrade: "contraction",
  churn: "churn",
};

/** What kind of movement it is, with the colour it has in the charts. */
export function MovementName({ kind }: { kind: MovementKind }) {
  const t = useWords();
  return (
    <span className={classes.name}>
      <span className={classes.mark} data-part={PART[kind]} aria-hidden />
      {t(`movement.${kind}`)}
    </span>
  );
}
