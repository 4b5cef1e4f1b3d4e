import { formatMoney } from "../i18n/format";
import type { Money as MoneyValue } from "../ipc/backend";
import classes from "./kit.module.css";

/** An amount in its currency, with figures that stand in columns. */
export function Money({ value }: { value: MoneyValue }) {
  return <span className={classes.figure}>{formatMoney(value)}</span>;
}
