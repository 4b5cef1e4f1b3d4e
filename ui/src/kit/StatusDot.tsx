import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCloudOff,
  IconPlayerPause,
  IconRefresh,
} from "@tabler/icons-react";
import type { Phase } from "../ipc/backend";
import classes from "./kit.module.css";

const LOOK: Record<Phase, { Icon: typeof IconRefresh; tone: string | undefined }> = {
  notSetUp: { Icon: IconCircleDashed, tone: classes.quiet },
  idle: { Icon: IconCircleCheck, tone: classes.ok },
  syncing: { Icon: IconRefresh, tone: classes.busy },
  paused: { Icon: IconPlayerPause, tone: classes.quiet },
  offline: { Icon: IconCloudOff, tone: classes.warn },
  attention: { Icon: IconAlertTriangle, tone: classes.warn },
};

/** The mark of a state: told apart by shape, not by colour alone. Words stand beside it. */
export function StatusDot({ phase, size = 16 }: { phase: Phase; size?: 16 | 20 }) {
  const { Icon, tone } = LOOK[phase];
  return <Icon className={tone} size={size} stroke={1.75} aria-hidden />;
}
