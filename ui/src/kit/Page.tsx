import { type ReactNode, useEffect, useRef } from "react";
import classes from "./kit.module.css";

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Takes the whole height, for a table that scrolls by itself. */
  fill?: boolean;
  children: ReactNode;
}

/** A screen: its title with the one primary action beside it, and what it shows. */
export function Page({ title, lead, actions, fill = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className={classes.page} data-fill={fill || undefined}>
      <header className={`${classes.pageHead} ${fill ? "" : classes.measure}`}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <div className={classes.pageLead}>{lead}</div>}
        </div>
        {actions && <div className={classes.pageActions}>{actions}</div>}
      </header>
      <div className={`${classes.pageBody} ${fill ? "" : classes.measure}`}>{children}</div>
    </div>
  );
}
