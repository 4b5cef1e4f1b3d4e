import { Button } from "@mantine/core";
import { useNavigation } from "../frame/navigation";
import { useWords, type WordKey } from "../i18n/words";
import type { Action, Problem, ProblemCode } from "../ipc/backend";
import { useBackend } from "../ipc/queries";
import classes from "./kit.module.css";
import { Notice, type Tone } from "./Notice";

/** Problems that pass by themselves, or that are no fault of anything. The rest are broken until someone acts. */
const TONES: Partial<Record<ProblemCode, Tone>> = {
  serviceBusy: "warn",
  serviceDown: "warn",
  timedOut: "warn",
  hostNotFound: "warn",
  notConnected: "warn",
  hubSpotDailyLimit: "warn",
  databaseBusy: "warn",
  clockSetBack: "warn",
  planOutdated: "warn",
  databaseSetAside: "warn",
  stripeKeyOtherAccount: "warn",
  hubSpotOtherPortal: "warn",
  anotherSyncRunning: "info",
  alreadyRunning: "info",
  nothingToPush: "info",
  clipboardEmpty: "info",
  stopped: "info",
  stripeNotConnected: "info",
  hubSpotNotConnected: "info",
};

interface NoticeActions {
  /** Does the same again. Without it, no such button is shown. */
  onTryAgain?: (() => void) | undefined;
  /** Keeps the key for this run only. Without it, no such button is shown. */
  onKeepForThisRun?: (() => void) | undefined;
}

/** What happened, what it means, and the one thing to do about it. */
export function ProblemNotice({ problem, ...actions }: { problem: Problem } & NoticeActions) {
  const t = useWords();
  const params = { service: t("service.unknown"), ...problem.params };
  return (
    <Notice
      tone={TONES[problem.code] ?? "bad"}
      title={t(`problem.${problem.code}.title`, params)}
      action={
        problem.action !== null && <ActionButton action={problem.action} code={problem.code} {...actions} />
      }
    >
      <p>{t(`problem.${problem.code}.text`, params)}</p>
      {problem.requestId !== null && (
        <p className={classes.small}>{t("problem.requestId", { id: problem.requestId })}</p>
      )}
    </Notice>
  );
}

const LABELS: Record<Action["kind"], WordKey> = {
  tryAgain: "action.tryAgain",
  replaceStripeKey: "action.replaceStripeKey",
  replaceHubSpotKey: "action.replaceHubSpotKey",
  open: "action.open",
  keepKeyForThisRun: "action.keepKeyForThisRun",
  reviewPlan: "action.reviewPlan",
  showDataFolder: "action.showDataFolder",
};

/** The button of an action, with its own words where the code has some. */
export function ActionButton({
  action,
  code,
  ...actions
}: { action: Action; code?: ProblemCode } & NoticeActions) {
  const t = useWords();
  const start = useStart(action, actions);
  if (start === undefined) return null;
  const label = (code && t.find(`problem.${code}.action`)) ?? t(LABELS[action.kind]);
  return (
    <Button className={classes.noticeAction} variant="default" size="xs" onClick={start}>
      {label}
    </Button>
  );
}

function useStart(action: Action, { onTryAgain, onKeepForThisRun }: NoticeActions): (() => void) | undefined {
  const backend = useBackend();
  const { replaceKey, open } = useNavigation();
  switch (action.kind) {
    case "tryAgain":
      return onTryAgain;
    case "keepKeyForThisRun":
      return onKeepForThisRun;
    case "replaceStripeKey":
      return () => replaceKey("stripe");
    case "replaceHubSpotKey":
      return () => replaceKey("hubSpot");
    case "reviewPlan":
      return () => open("preview");
    case "open":
      return () => void backend.openLink(action.url).catch(() => undefined);
    case "showDataFolder":
      return () => void backend.showDataFolder().catch(() => undefined);
  }
}
