import { Button } from "@mantine/core";
import { useState } from "react";
import { accountName } from "../../frame/accountName";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import { useWorkspaces } from "../../ipc/workspaces";
import { ForgetDialog } from "./ForgetDialog";
import classes from "./settings.module.css";

/** The ways to forget: this account, where there are several, and everything. */
export function Forget() {
  const t = useWords();
  const { open } = useNavigation();
  const { rows, shown } = useWorkspaces();
  const [asking, setAsking] = useState<"one" | "all" | null>(null);
  const close = () => setAsking(null);
  return (
    <div className={classes.forget}>
      {rows.length > 1 && (
        <>
          <p>{t("workspace.remove.goes")}</p>
          <div className={classes.line}>
            <Button color="red" variant="outline" size="xs" onClick={() => setAsking("one")}>
              {t("workspace.remove", { name: accountName(t, shown) })}
            </Button>
          </div>
        </>
      )}
      <p>{t(rows.length > 1 ? "workspace.forgetAll" : "forget.goes")}</p>
      <p>{t("forget.stays")}</p>
      <div className={classes.line}>
        <Button color="red" variant="outline" size="xs" onClick={() => setAsking("all")}>
          {t("forget.button")}
        </Button>
        <Button variant="subtle" size="xs" onClick={() => open("history")}>
          {t("forget.undoFirst")}
        </Button>
      </div>
      <ForgetDialog opened={asking === "one"} of={shown} onClose={close} />
      <ForgetDialog opened={asking === "all"} onClose={close} />
    </div>
  );
}
