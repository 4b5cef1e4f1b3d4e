import { Button, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { accountName } from "../../frame/accountName";
import { useWords } from "../../i18n/words";
import type { WorkspaceRow } from "../../ipc/backend";
import { useWorkspaces } from "../../ipc/workspaces";
import kit from "../../kit/kit.module.css";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./settings.module.css";

interface ForgetDialogProps {
  opened: boolean;
  /** The account that goes; everything without one. */
  of?: WorkspaceRow;
  onClose: () => void;
}

/** Removes an account, or everything of ClearSync's, once the user has typed the word for it. */
export function ForgetDialog({ opened, of, onClose }: ForgetDialogProps) {
  const t = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={of ? t("workspace.remove.title", { name: accountName(t, of) }) : t("forget.title")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Ask of={of} onClose={onClose} />
    </Modal>
  );
}

function Ask({ of, onClose }: Pick<ForgetDialogProps, "of" | "onClose">) {
  const t = useWords();
  const { forget } = useWorkspaces();
  const [typed, setTyped] = useState("");
  const word = t(of ? "workspace.remove.word" : "forget.word");
  const forgetting = useAction(async () => {
    // Told by the window itself: what asks here is gone with what it shows.
    await forget(of?.id ?? null);
    onClose();
  });
  return (
    <form
      className={classes.forget}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === word) void forgetting.run();
      }}
    >
      <p>{t(of ? "workspace.remove.goes" : "forget.goes")}</p>
      <p>{t("forget.stays")}</p>
      <TextInput
        label={t("forget.type", { word })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      {forgetting.problem && <ProblemNotice problem={forgetting.problem} />}
      <div className={kit.dialogButtons}>
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button type="submit" color="red" disabled={typed !== word} loading={forgetting.busy}>
          {t(of ? "workspace.remove.button" : "forget.button")}
        </Button>
      </div>
    </form>
  );
}
