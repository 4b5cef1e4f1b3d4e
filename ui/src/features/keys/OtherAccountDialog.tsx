import { useWords } from "../../i18n/words";
import type { Problem, Service } from "../../ipc/backend";
import { ConfirmDialog } from "../../kit/ConfirmDialog";

interface OtherAccountDialogProps {
  service: Service;
  /** What Rust told, while it waits for the user's word. */
  problem: Problem | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before another account or portal takes the place of the old one. */
export function OtherAccountDialog({ service, problem, onConfirm, onClose }: OtherAccountDialogProps) {
  const t = useWords();
  const unnamed = t("key.other.unnamed");
  const { before = unnamed, after = unnamed } = problem?.params ?? {};
  return (
    <ConfirmDialog
      opened={problem !== null}
      title={t(`key.other.${service}.title`)}
      text={t(`key.other.${service}.text`, { before, after })}
      confirm={t(`key.other.${service}.confirm`)}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}
