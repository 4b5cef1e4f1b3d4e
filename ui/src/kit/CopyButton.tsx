import { Button, CopyButton as Copy, UnstyledButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useWords } from "../i18n/words";
import classes from "./kit.module.css";

const COPIED_MS = 1500;

/** Copies `text`, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useWords();
  return (
    <Copy value={text} timeout={COPIED_MS}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          onClick={copy}
        >
          {copied ? t("copy.done") : label}
        </Button>
      )}
    </Copy>
  );
}

/** An identifier, copied by a click. */
export function Id({ value }: { value: string }) {
  const t = useWords();
  return (
    <Copy value={value} timeout={COPIED_MS}>
      {({ copied, copy }) => (
        <UnstyledButton className={classes.id} onClick={copy} aria-label={t("copy.id", { id: value })}>
          <span className={classes.idText}>{value}</span>
          {copied ? (
            <IconCheck className={classes.ok} size={16} aria-hidden />
          ) : (
            <IconCopy size={16} aria-hidden />
          )}
        </UnstyledButton>
      )}
    </Copy>
  );
}
