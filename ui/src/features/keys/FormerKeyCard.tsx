import { Button } from "@mantine/core";
import { IconKeyOff } from "@tabler/icons-react";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { FormerKey } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { Moment } from "../../kit/Moment";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./keys.module.css";

/** Reminds of a key that another took the place of, until it is deleted where it was made. */
export function FormerKeyCard({ former }: { former: FormerKey }) {
  const t = useWords();
  const backend = useBackend();
  const [works, setWorks] = useState<boolean | null>(null);
  const ask = useAction(async () => setWorks(await backend.formerKeyWorks(former.service)));
  const forget = useAction(() => backend.forgetFormerKey(former.service));
  const { service, lastFour, url, canBeAsked, replacedAt } = former;
  const provider = t(`service.${service}`);
  const problem = ask.problem ?? forget.problem;
  return (
    <section className={classes.former} aria-label={t("rotate.former.title", { service: provider })}>
      <div className={classes.formerHead}>
        <IconKeyOff className={classes.formerIcon} size={20} stroke={1.5} aria-hidden />
        <div className={classes.cardText}>
          <p className={classes.cardTitle}>{t("rotate.former.title", { service: provider })}</p>
          <p className={classes.aside}>
            {t(`key.kind.${former.kind}`)}{" "}
            <span className={classes.keyText}>{t("key.masked", { lastFour })}</span>
            {former.mode && ` (${t(`key.mode.${former.mode}`)})`} · {t("rotate.former.since")}{" "}
            <Moment at={replacedAt} length="short" />
          </p>
          <p>{t("rotate.former.text", { service: provider })}</p>
        </div>
      </div>
      {works !== null && (
        <p role="status" className={classes.aside}>
          {t(works ? "rotate.works" : "rotate.refused", { service: provider })}
        </p>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <div className={classes.buttons}>
        <Button size="xs" variant="light" onClick={() => void backend.openLink(url).catch(() => undefined)}>
          {t("rotate.former.open", { service: provider })}
        </Button>
        {canBeAsked && (
          <Button size="xs" variant="default" loading={ask.busy} onClick={() => void ask.run()}>
            {t("rotate.former.ask")}
          </Button>
        )}
        <Button size="xs" variant="default" loading={forget.busy} onClick={() => void forget.run()}>
          {t("rotate.former.done")}
        </Button>
      </div>
    </section>
  );
}
