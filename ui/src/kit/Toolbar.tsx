import type { ReactNode } from "react";
import classes from "./kit.module.css";

/** Search and filters above a table, with how many rows match. */
export function Toolbar({ count, children }: { count: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.toolbar}>
      {children}
      <span className={classes.toolbarCount} aria-live="polite">
        {count}
      </span>
    </div>
  );
}
