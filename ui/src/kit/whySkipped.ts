import type { Words } from "../i18n/words";
import type { OtherAccount, SkipReason } from "../ipc/backend";

/** Why a record is left out, with the account that is named by the reason. */
export function whySkipped(t: Words, reason: SkipReason, account: OtherAccount | null): string {
  const why = t(`skip.${reason}`);
  if (account === null) return why;
  const named = [account.id, t(`mode.${account.mode}`)].filter((part) => part !== null);
  return `${why} ${named.join(" · ")}`;
}
