import type { ReactNode } from "react";
import classes from "./kit.module.css";

interface EmptyStateProps {
  title: string;
  /** What will be here, in a sentence. */
  text: string;
  icon?: ReactNode;
  /** The one button that makes it so. */
  action?: ReactNode;
}

/** Stands where nothing is yet. */
export function EmptyState({ title, text, icon, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {icon && <span className={classes.emptyIcon}>{icon}</span>}
      <div>
        <h2>{title}</h2>
        <p className={classes.emptyText}>{text}</p>
      </div>
      {action}
    </div>
  );
}
