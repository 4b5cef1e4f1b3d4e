import { Button, Modal, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import { FORGOTTEN, useBackend } from "../../ipc/queries";
import kit from "../../kit/kit.module.css";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./settings.module.css";

/** Removes everything of ClearSync's, once the user has typed the word for it. */
export function Forget() {
  const t = useWords();
  const { open } = useNavigation();
  const [asking, setAsking] = useState(false);
  return (
    <div className={classes.forget}>
      <p>{t("forget.goes")}</p>
      <p>{t("forget.stays")}</p>
      <div className={classes.line}>
        <Button color="red" variant="outline" size="xs" onClick={() => setAsking(true)}>
          {t("forget.button")}
        </Button>
        <Button variant="subtle" size="xs" onClick={() => open("history")}>
          {t("forget.undoFirst")}
        </Button>
      </div>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("forget.title")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <Ask onClose={() => setAsking(false)} />
      </Modal>
    </div>
  );
}

function Ask({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const [typed, setTyped] = useState("");
  const word = t("forget.word");
  const forget = useAction(async () => {
    // Told by the window itself: the settings are gone with what they show.
    cache.setQueryData(FORGOTTEN, await backend.forget());
  });
  return (
    <form
      className={classes.forget}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === word) void forget.run();
      }}
    >
      <p>{t("forget.goes")}</p>
      <p>{t("forget.stays")}</p>
      <TextInput
        label={t("forget.type", { word })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      {forget.problem && <ProblemNotice problem={forget.problem} />}
      <div className={kit.dialogButtons}>
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button type="submit" color="red" disabled={typed !== word} loading={forget.busy}>
          {t("forget.button")}
        </Button>
      </div>
    </form>
  );
}
