import { IconAlertCircle, IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./kit.module.css";

export type Tone = "bad" | "warn" | "info";

const ICONS = { bad: IconAlertCircle, warn: IconAlertTriangle, info: IconInfoCircle };

interface NoticeProps {
  tone: Tone;
  title: string;
  action?: ReactNode;
  children: ReactNode;
}

/** Something the user must know before going on. */
export function Notice({ tone, title, action, children }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <Icon
        className={`${classes[tone === "info" ? "quiet" : tone]} ${classes.noticeIcon}`}
        size={16}
        aria-hidden
      />
      <div className={classes.noticeText}>
        <p className={classes.noticeTitle}>{title}</p>
        {children}
      </div>
      {action}
    </div>
  );
}
