import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { formatExact, formatRelative } from "../i18n/format";

const TICK_MS = 15_000;

let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = new Date();
  timer ??= setInterval(() => {
    now = new Date();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, moving on every quarter of a minute for the whole window at once. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

interface MomentProps {
  /** RFC 3339. */
  at: string;
  length?: "long" | "short";
}

/** How long ago or how soon, with the exact time on hover. */
export function Moment({ at, length = "long" }: MomentProps) {
  const time = new Date(at);
  const text = formatRelative(time, useNow(), length);
  return (
    <Tooltip label={formatExact(time)}>
      <time dateTime={at}>{text}</time>
    </Tooltip>
  );
}
