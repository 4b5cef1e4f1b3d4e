import { Button, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconCircle,
  IconCircleDashed,
  IconClock,
  IconQuestionMark,
  IconX,
} from "@tabler/icons-react";
import { useWords, type Words } from "../i18n/words";
import type { CheckState, CheckRow as Row, Service } from "../ipc/backend";
import { useBackend } from "../ipc/queries";
import classes from "./CheckRow.module.css";

const LOOK: Record<CheckState["kind"], { Icon: typeof IconCheck; tone: "ok" | "bad" | "warn" | "quiet" }> = {
  held: { Icon: IconCheck, tone: "ok" },
  missing: { Icon: IconX, tone: "bad" },
  checking: { Icon: IconCircleDashed, tone: "quiet" },
  unverified: { Icon: IconQuestionMark, tone: "warn" },
  excess: { Icon: IconAlertTriangle, tone: "warn" },
  notChecked: { Icon: IconCircle, tone: "quiet" },
  waiting: { Icon: IconClock, tone: "quiet" },
};

/** Whether someone has to act on the row, so that it stands out. */
const isOpen = ({ kind }: CheckState) => kind === "missing" || kind === "unverified" || kind === "excess";

interface CheckRowProps {
  service: Service;
  row: Row;
  /** Whether the whole list is being checked, so that one row cannot be asked for. */
  busy: boolean;
}

/** One permission or scope: what it is to be, what is known of it, why it is needed, and what to do. */
export function CheckRow({ service, row, busy }: CheckRowProps) {
  const t = useWords();
  const { Icon, tone } = LOOK[row.state.kind];
  const why = t.find(`why.${row.id}`);
  return (
    <li
      className={classes.row}
      data-state={row.state.kind}
      data-open={isOpen(row.state) || undefined}
      data-row={row.id}
    >
      <Icon className={classes.icon} data-tone={tone} size={16} stroke={2} aria-hidden />
      <span className={classes.name}>
        {row.name} {service === "stripe" && <span className={classes.level}>{t(`level.${row.level}`)}</span>}
      </span>
      <span className={classes.state} data-tone={tone}>
        {t(`check.${row.state.kind}`)}
      </span>
      <span className={classes.text}>{isOpen(row.state) ? openText(t, service, row) : why}</span>
      <RowActions service={service} row={row} busy={busy} why={why} />
    </li>
  );
}

function openText(t: Words, service: Service, { name, level, state }: Row): string {
  const provider = t(`service.${service}`);
  if (state.kind === "unverified") {
    const cause = t(`cause.${state.cause}`, { service: provider });
    if (state.retryInSeconds === null) return cause;
    return t("cause.retrying", { cause, seconds: state.retryInSeconds });
  }
  if (state.kind === "excess") return t("check.excess.text", { name });
  if (service === "hubSpot") return t("check.missing.scope");
  return t("check.missing.permission", { name, level: t(`level.${level}`) });
}

function RowActions({ service, row, busy, why }: CheckRowProps & { why: string | null }) {
  const t = useWords();
  const backend = useBackend();
  const { fixUrl, state } = row;
  const check = () => void backend.checkRow(service, row.id).catch(() => undefined);
  const fixable = fixUrl !== null && (state.kind === "missing" || state.kind === "excess");
  const checkable = state.kind === "missing" || state.kind === "unverified";
  return (
    <span className={classes.actions}>
      {state.kind === "missing" && why !== null && <Why text={why} name={row.name} />}
      {state.kind === "excess" && <Why text={t("check.excess.why")} name={row.name} />}
      {fixable && (
        <Button
          size="xs"
          variant="light"
          onClick={() => void backend.openLink(fixUrl).catch(() => undefined)}
        >
          {t("check.fix", { service: t(`service.${service}`) })}
        </Button>
      )}
      {checkable && (
        <Button
          size="xs"
          variant="default"
          onClick={check}
          disabled={busy}
          aria-label={t("check.again.of", { name: row.name })}
        >
          {t("check.again")}
        </Button>
      )}
    </span>
  );
}

/** Tells on hover, focus or touch why a row is asked for. */
function Why({ text, name }: { text: string; name: string }) {
  const t = useWords();
  return (
    <Tooltip label={text} multiline maw={320} position="top-end">
      <Button size="xs" variant="subtle" aria-label={t("check.why.of", { name, text })}>
        {t("check.why")}
      </Button>
    </Tooltip>
  );
}
