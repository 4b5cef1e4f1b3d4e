import type { ReactNode } from "react";
import classes from "./kit.module.css";

/** Holds a table that may be wider than the window; it is then scrolled by itself, also by keyboard. */
export function WideTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard
    <section className={classes.wide} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
