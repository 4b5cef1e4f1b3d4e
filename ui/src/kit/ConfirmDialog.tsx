import { Button, Modal } from "@mantine/core";
import { useWords } from "../i18n/words";
import classes from "./kit.module.css";

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  text: string;
  /** The verb on the button. */
  confirm: string;
  /** Whether something is lost by it. */
  destructive?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that is not undone by a click. */
export function ConfirmDialog({
  opened,
  title,
  text,
  confirm,
  destructive,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const t = useWords();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <p>{text}</p>
      <div className={classes.dialogButtons}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("cancel")}
        </Button>
        <Button color={destructive ? "red" : undefined} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Modal>
  );
}
