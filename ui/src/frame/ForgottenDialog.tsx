import { Button, Modal } from "@mantine/core";
import { useWords, type Words } from "../i18n/words";
import type { Forgotten, LeftTrace, Trace } from "../ipc/backend";
import { useBackend } from "../ipc/queries";
import { useWorkspaces } from "../ipc/workspaces";
import kit from "../kit/kit.module.css";
import { ProblemNotice } from "../kit/ProblemNotice";
import classes from "./frame.module.css";

/** Says what was removed when everything, or one account, was forgotten, and what is still there. */
export function ForgottenDialog() {
  const t = useWords();
  const { forgotten: told, forgottenIsRead: close } = useWorkspaces();
  return (
    <Modal
      opened={told !== null}
      onClose={close}
      size={640}
      title={t(told?.all === false ? "workspace.removed" : "forget.done")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {told && <Report forgotten={told.report} />}
      <div className={kit.dialogButtons}>
        <Button onClick={close}>{t("close")}</Button>
      </div>
    </Modal>
  );
}

function Report({ forgotten: { removed, left } }: { forgotten: Forgotten }) {
  const t = useWords();
  return (
    <div className={classes.forgotten}>
      {left.length > 0 && (
        <section>
          <h3>{t("forget.left")}</h3>
          <ul>
            {left.map((one) => (
              <Left key={`${one.trace.kind} ${one.trace.name}`} left={one} />
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t(removed.length > 0 ? "forget.removed" : "forget.nothing")}</h3>
        <ul>
          {removed.map((trace) => (
            <li key={`${trace.kind} ${trace.name}`}>
              {name(t, trace)}
              {trace.name !== null && <span className={classes.traceName}>{trace.name}</span>}
            </li>
          ))}
        </ul>
      </section>
      <p>{t("forget.stays")}</p>
    </div>
  );
}

function Left({ left: { trace, problem, url } }: { left: LeftTrace }) {
  const t = useWords();
  const backend = useBackend();
  return (
    <li>
      {name(t, trace)}
      {trace.name !== null && <span className={classes.traceName}>{trace.name}</span>}
      {url === null ? (
        <ProblemNotice problem={{ ...problem, action: null }} />
      ) : (
        <>
          <p>{t("forget.leftInStripe")}</p>
          <Button variant="light" size="xs" onClick={() => void backend.openLink(url).catch(() => undefined)}>
            {t("forget.open")}
          </Button>
        </>
      )}
    </li>
  );
}

const name = (t: Words, trace: Trace) => t(`trace.${trace.kind}`);
