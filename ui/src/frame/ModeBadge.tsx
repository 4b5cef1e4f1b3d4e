import { Badge } from "@mantine/core";
import { useWords } from "../i18n/words";
import type { Mode } from "../ipc/backend";
import classes from "./frame.module.css";

/** Whether live or test data is shown. */
export function ModeBadge({ mode }: { mode: Mode }) {
  const t = useWords();
  return (
    <Badge
      component="span"
      className={classes.mode}
      data-mode={mode}
      variant="transparent"
      size="sm"
      radius="sm"
    >
      {t(`mode.${mode}`)}
    </Badge>
  );
}
