import { UnstyledButton } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./kit.module.css";

interface PageProps {
  title: string;
  lead?: ReactNode;
  /** The page this one stands under. */
  back?: { label: string; onBack: () => void };
  actions?: ReactNode;
  /** Takes the whole height, for a table that scrolls by itself. */
  fill?: boolean;
  children: ReactNode;
}

/** A screen: its title with the one primary action beside it, and what it shows. */
export function Page({ title, lead, back, actions, fill = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className={classes.page} data-fill={fill || undefined}>
      <div className={`${classes.pageHead} ${fill ? "" : classes.measure}`}>
        <div>
          {back && (
            <UnstyledButton className={classes.back} onClick={back.onBack}>
              <IconChevronLeft size={16} aria-hidden /> {back.label}
            </UnstyledButton>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <div className={classes.pageLead}>{lead}</div>}
        </div>
        {actions && <div className={classes.pageActions}>{actions}</div>}
      </div>
      <div className={`${classes.pageBody} ${fill ? "" : classes.measure}`}>{children}</div>
    </div>
  );
}
