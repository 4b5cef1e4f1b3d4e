import type { Words } from "../i18n/words";
import type { WorkspaceRow } from "../ipc/backend";

/** What an account is called in a list. */
export function accountName(t: Words, row: WorkspaceRow): string {
  if (row.account !== null) return row.account;
  if (!row.open) return t("workspace.unopened", { id: row.id });
  return row.mode === null ? t("workspace.new") : t("rail.account");
}

/** The same with its mode. */
export function fullName(t: Words, row: WorkspaceRow): string {
  const account = accountName(t, row);
  return row.mode === null ? account : t("workspace.name", { account, mode: t(`mode.${row.mode}`) });
}

/** The state, and the portal it is brought to. */
export function accountDetail(t: Words, row: WorkspaceRow): string {
  if (row.problem !== null) return t(`problem.${row.problem.code}.title`, row.problem.params);
  const state = t(`status.short.${row.phase}`);
  return row.portal === null ? state : t("workspace.portal", { state, portal: row.portal });
}
