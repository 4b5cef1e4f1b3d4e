import { IconArrowDownRight, IconArrowUpRight } from "@tabler/icons-react";
import { formatChange } from "../i18n/format";
import type { Money } from "../ipc/backend";
import classes from "./kit.module.css";

/** A change of money: told by sign, arrow and colour. */
export function Change({ value }: { value: Money }) {
  const direction = directionOf(value);
  const Arrow = direction === "up" ? IconArrowUpRight : IconArrowDownRight;
  return (
    <span className={classes.change} data-direction={direction}>
      {direction !== "none" && <Arrow size={16} stroke={2} aria-hidden />}
      {formatChange(value)}
    </span>
  );
}

/** Whether an amount is above, below or at nought, told by its digits. */
export function directionOf({ decimal }: Money): "up" | "down" | "none" {
  if (!/[1-9]/.test(decimal)) return "none";
  return decimal.startsWith("-") ? "down" : "up";
}
