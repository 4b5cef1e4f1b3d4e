import { useWords } from "../../i18n/words";
import type { Service } from "../../ipc/backend";
import { ConfirmDialog } from "../../kit/ConfirmDialog";

interface OtherAccountDialogProps {
  service: Service;
  opened: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before another account or portal takes the place of the old one. */
export function OtherAccountDialog({ service, opened, onConfirm, onClose }: OtherAccountDialogProps) {
  const t = useWords();
  return (
    <ConfirmDialog
      opened={opened}
      title={t(`key.other.${service}.title`)}
      text={t(`key.other.${service}.text`)}
      confirm={t(`key.other.${service}.confirm`)}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}
