import { Tooltip, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconAlertTriangle,
  IconArrowsDiff,
  IconChartLine,
  IconHistory,
  IconReceipt,
  IconSettings,
  IconTrendingUp,
} from "@tabler/icons-react";
import { useWords } from "../i18n/words";
import type { Status } from "../ipc/backend";
import { useNow } from "../kit/Moment";
import { StatusDot } from "../kit/StatusDot";
import { AccountMenu } from "./AccountMenu";
import classes from "./frame.module.css";
import { type SettingsPage, useNavigation, VIEWS, type View } from "./navigation";
import { shortStatus } from "./statusWords";

const ICONS: Record<View, typeof IconHistory> = {
  overview: IconChartLine,
  subscriptions: IconReceipt,
  movements: IconTrendingUp,
  preview: IconArrowsDiff,
  history: IconHistory,
  attention: IconAlertTriangle,
  settings: IconSettings,
};

const isView = (place: View | SettingsPage): place is View => (VIEWS as readonly string[]).includes(place);

/** The rail on the left: the state in one sentence, the views, and the account. */
export function Rail({ status, place }: { status: Status; place: View | SettingsPage }) {
  const t = useWords();
  const view = isView(place) ? place : "settings";
  const { title, detail } = shortStatus(t, status, useNow());
  const folded = useMediaQuery("(max-width: 959px)", false, { getInitialValueInEffect: false });
  const sentence = detail === null ? title : `${title} · ${detail}`;
  return (
    <>
      <Tooltip label={sentence} position="right" disabled={!folded}>
        <div className={classes.status}>
          <StatusDot phase={status.phase} size={20} />
          <p className={classes.unfolded}>
            <span className={classes.statusTitle}>{title}</span>
            {detail !== null && <span className={classes.statusDetail}>{detail}</span>}
          </p>
          <span className={`visuallyHidden ${classes.foldedOnly}`}>{sentence}</span>
        </div>
      </Tooltip>
      <nav className={classes.nav} aria-label={t("rail.label")}>
        {VIEWS.map((target) => (
          <RailButton
            key={target}
            target={target}
            current={view === target}
            folded={folded}
            status={status}
          />
        ))}
      </nav>
      <AccountMenu folded={folded} />
    </>
  );
}

interface RailButtonProps {
  target: View;
  current: boolean;
  folded: boolean;
  status: Status;
}

function RailButton({ target, current, folded, status }: RailButtonProps) {
  const t = useWords();
  const { open } = useNavigation();
  const Icon = ICONS[target];
  const count = target === "preview" ? status.waitingChanges : target === "attention" ? status.attention : 0;
  const told = target === "preview" ? t("rail.waiting", { count }) : t("rail.attention", { count });
  const name = t(`view.${target}`);
  const hint = count === 0 ? undefined : told;
  return (
    <Tooltip label={hint ?? name} position="right" disabled={!folded}>
      <UnstyledButton
        className={classes.navButton}
        aria-current={current ? "page" : undefined}
        aria-description={hint}
        onClick={() => open(target)}
      >
        <Icon size={20} stroke={1.5} aria-hidden />
        <span className={classes.name}>{name}</span>
        {count > 0 && (
          <span className={classes.count} data-tone={target === "attention" ? "warn" : undefined}>
            {t("progress.done", { done: count })}
          </span>
        )}
      </UnstyledButton>
    </Tooltip>
  );
}
