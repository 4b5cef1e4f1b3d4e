import { Tooltip } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import { useWords, type Words } from "../../i18n/words";
import type { OriginView } from "../../ipc/backend";
import classes from "./movements.module.css";

/** Whether something is told exactly or was rebuilt, and from what, on hover or focus. */
export function OriginMark({ origin }: { origin: OriginView }) {
  const t = useWords();
  const Icon = origin.exact ? IconCircleCheck : IconCircleDashed;
  const label = originText(t, origin);
  return (
    <Tooltip label={label} multiline maw={360}>
      <span className={classes.origin}>
        <Icon size={16} stroke={1.5} aria-hidden />
        {t(origin.exact ? "origin.exact" : "origin.rebuilt")}
        <span className="visuallyHidden">{`: ${label}`}</span>
      </span>
    </Tooltip>
  );
}

/** From what something is known, in a sentence. */
export function originText(t: Words, { kind, id }: OriginView): string {
  const from = t(`origin.${kind}`);
  return id === null ? from : t("origin.from", { from, id });
}
