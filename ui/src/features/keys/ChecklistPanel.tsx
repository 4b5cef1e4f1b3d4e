import { Button } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { IconInfoCircle } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useWords } from "../../i18n/words";
import type { Checklist, CheckRow as Row, Service } from "../../ipc/backend";
import { useBackend, useChecklist } from "../../ipc/queries";
import { CheckRow } from "../../kit/CheckRow";
import { EmptyState } from "../../kit/EmptyState";
import { groupBy } from "../../kit/groupBy";
import { Moment } from "../../kit/Moment";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import classes from "./keys.module.css";

/** The live checklist of a key. While it is shown, open rows are checked again by themselves. */
export function ChecklistPanel({ service }: { service: Service }) {
  const t = useWords();
  const checklist = useChecklist(service);
  useWatching(service, checklist.data);
  if (checklist.error !== null) {
    return <ProblemNotice problem={checklist.error} onTryAgain={() => void checklist.refetch()} />;
  }
  if (checklist.data === undefined) return <RowSkeletons rows={10} height={40} />;
  if (checklist.data.rows.length === 0) {
    return <EmptyState title={t("checklist.empty.title")} text={t("checklist.empty.text")} />;
  }
  return <Rows checklist={checklist.data} />;
}

/** Rust rechecks while the list is in view; coming back from the browser rechecks at once. */
function useWatching(service: Service, checklist: Checklist | undefined): void {
  const backend = useBackend();
  useEffect(() => {
    void backend.watchChecklist(service, true).catch(() => undefined);
    return () => void backend.watchChecklist(service, false).catch(() => undefined);
  }, [backend, service]);
  const open = useRef(false);
  open.current = checklist !== undefined && !checklist.complete && !checklist.checking;
  useWindowEvent("focus", () => {
    if (!open.current) return;
    void backend.checkAll(service).catch(() => undefined);
    void backend.watchChecklist(service, true).catch(() => undefined);
  });
}

function Rows({ checklist }: { checklist: Checklist }) {
  const t = useWords();
  const { service, rows, problem, checking } = checklist;
  const backend = useBackend();
  const unneeded = rows.filter((row) => row.level === "none" && row.state.kind !== "excess").length;
  return (
    <section className={classes.checklist} aria-label={t(`checklist.label.${service}`)}>
      <ChecklistHead checklist={checklist} />
      {problem !== null && (
        <ProblemNotice
          problem={problem}
          onTryAgain={() => void backend.checkAll(service).catch(() => undefined)}
        />
      )}
      {sections(rows).map(([section, members]) => (
        <div key={section} className={classes.section}>
          <h2 className={classes.sectionName}>{t.find(`section.${section}`) ?? section}</h2>
          <ul className={classes.rows}>
            {members.map((row) => (
              <CheckRow key={row.id} service={service} row={row} busy={checking} />
            ))}
          </ul>
        </div>
      ))}
      {service === "stripe" && <Excess checklist={checklist} unneeded={unneeded} />}
    </section>
  );
}

/** Rows under their headings, in the order of the provider's page. Unneeded ones show only what was found. */
function sections(rows: Row[]): [string, Row[]][] {
  const shown = rows.filter((row) => row.level !== "none" || row.state.kind === "excess");
  return groupBy(shown, (row) => row.section);
}

function ChecklistHead({ checklist }: { checklist: Checklist }) {
  const t = useWords();
  const backend = useBackend();
  const check = useAction(() => backend.checkAll(checklist.service));
  const { held, needed, checking, checkedAt, complete, service } = checklist;
  return (
    <div className={classes.checklistHead}>
      <div>
        <strong className={classes.count}>{t("checklist.count", { held, needed })}</strong>
        <span className={classes.aside} aria-live="polite">
          {complete && t(`checklist.complete.${service}`)}
          {!complete && !checking && checkedAt !== null && t("checklist.open", { count: needed - held })}
        </span>
      </div>
      <div className={classes.buttons}>
        {checkedAt !== null && !checking && (
          <span className={classes.aside}>
            <Moment at={checkedAt} length="short" />
          </span>
        )}
        <Button variant="default" size="xs" disabled={checking} onClick={() => void check.run()}>
          {checking ? t("checklist.checking") : t("checklist.checkAll")}
        </Button>
      </div>
    </div>
  );
}

/** The check for more than needed, which runs only on the user's word. */
function Excess({ checklist, unneeded }: { checklist: Checklist; unneeded: number }) {
  const t = useWords();
  const backend = useBackend();
  const check = useAction(() => backend.checkExcess());
  const found = checklist.rows.filter((row) => row.state.kind === "excess").length;
  const result = found === 0 ? t("checklist.excess.none") : t("checklist.excess.found", { count: found });
  return (
    <div className={classes.excess}>
      <IconInfoCircle size={16} aria-hidden />
      <div className={classes.excessText}>
        {unneeded > 0 && <p>{t("checklist.notNeeded", { count: unneeded })}</p>}
        <p>{checklist.excessChecked ? result : t("checklist.excess.text")}</p>
        {check.problem && <ProblemNotice problem={check.problem} onTryAgain={() => void check.run()} />}
      </div>
      <Button
        variant="default"
        size="xs"
        disabled={checklist.checking || check.busy}
        onClick={() => void check.run()}
      >
        {t("checklist.excess.button")}
      </Button>
    </div>
  );
}
