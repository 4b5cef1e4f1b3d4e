import { notifications } from "@mantine/notifications";
import type { Words } from "../i18n/words";
import { asProblem } from "../ipc/backend";

/** Tells a problem that has no place of its own on the screen. */
export function showProblem(t: Words, cause: unknown): void {
  const { code, params: known } = asProblem(cause);
  const params = { service: t("service.unknown"), ...known };
  notifications.show({
    id: code,
    title: t(`problem.${code}.title`, params),
    message: t(`problem.${code}.text`, params),
    color: "red",
    closeButtonProps: { "aria-label": t("close") },
  });
}
