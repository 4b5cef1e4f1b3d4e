import { formatRelative, formatTime } from "../i18n/format";
import type { Words } from "../i18n/words";
import type { RunProgress, Status } from "../ipc/backend";

/** The state in two short pieces, for the rail. */
export function shortStatus(t: Words, status: Status, now: Date): { title: string; detail: string | null } {
  return { title: t(`status.short.${status.phase}`), detail: shortDetail(t, status, now) };
}

function shortDetail(t: Words, status: Status, now: Date): string | null {
  switch (status.phase) {
    case "notSetUp":
      return null;
    case "idle":
      if (status.lastSyncAt === null) return t("status.detail.never");
      return t("status.detail.when", { when: formatRelative(new Date(status.lastSyncAt), now, "short") });
    case "syncing":
      return status.progress === null ? null : counts(t, status.progress);
    case "paused":
      if (status.pausedUntil === null) return t("status.detail.untilResumed");
      return t("status.detail.until", { time: formatTime(new Date(status.pausedUntil)) });
    case "offline":
      return t("status.detail.retry");
    case "attention":
      return t("status.detail.count", { count: status.attention });
  }
}

function counts(t: Words, { done, total }: RunProgress): string {
  return total === null ? t("status.detail.done", { done }) : t("status.detail.progress", { done, total });
}

/** The state in one or two sentences, for the head of the overview. */
export function longStatus(t: Words, status: Status, now: Date): string {
  return [stateSentence(t, status), runSentence(t, status, now)].filter((part) => part !== null).join(" ");
}

function stateSentence(t: Words, status: Status): string {
  switch (status.phase) {
    case "notSetUp":
      return t("status.notSetUp");
    case "idle":
      return status.lastSyncAt === null ? t("status.idle.never") : t("status.idle");
    case "syncing":
      return status.progress?.held ? t("status.held") : t("status.syncing");
    case "paused":
      if (status.pausedUntil === null) return t("status.paused");
      return t("status.pausedUntil", { time: formatTime(new Date(status.pausedUntil)) });
    case "offline":
      return t("status.offline");
    case "attention":
      return t("status.attention", { count: status.attention });
  }
}

function runSentence(t: Words, { lastRun, nextSyncAt, phase }: Status, now: Date): string | null {
  if (phase === "syncing") return null;
  const at = lastRun?.endedAt ?? lastRun?.startedAt;
  const last = lastRun && at ? lastRunWords(t, lastRun.objectsRead, formatRelative(new Date(at), now)) : null;
  const next =
    nextSyncAt === null ? null : t("status.nextRun", { when: formatRelative(new Date(nextSyncAt), now) });
  const parts = [last, next].filter((part) => part !== null);
  if (parts.length === 0) return null;
  const sentence = `${parts.join("; ")}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function lastRunWords(t: Words, objects: number, when: string): string {
  return objects === 0 ? t("status.lastRun.none", { when }) : t("status.lastRun", { count: objects, when });
}

/** What a run does and how far it is, in one line. */
export function progressSentence(t: Words, progress: RunProgress): string {
  const step = t(`step.${progress.step}`);
  const { done, total } = progress;
  const numbers = total === null ? t("progress.done", { done }) : t("progress.of", { done, total });
  return `${progress.held ? t("step.held", { step }) : step} ${numbers}`;
}

/** The time left, in the rounded minutes that Rust gives. */
export function minutesLeft(t: Words, minutes: number): string {
  const whole = minutes % 60 === 0 && minutes >= 60;
  return whole ? t("progress.hours", { count: minutes / 60 }) : t("progress.minutes", { count: minutes });
}
