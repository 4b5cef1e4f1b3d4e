import { useQuery } from "@tanstack/react-query";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { Playbook, PlaybookStep } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Id } from "../../kit/CopyButton";
import { Fold } from "../../kit/Fold";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import classes from "./writing.module.css";

/** What can be built in HubSpot on ClearSync's properties, step by step. */
export function PlaybooksView() {
  const t = useWords();
  const { open } = useNavigation();
  const playbooks = useQuery(queries.playbooks(useBackend()));
  return (
    <Page
      title={t("playbooks.title")}
      lead={t("playbooks.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
    >
      {playbooks.isPending && <RowSkeletons rows={5} height={48} />}
      {playbooks.error && (
        <ProblemNotice problem={playbooks.error} onTryAgain={() => void playbooks.refetch()} />
      )}
      <div>
        {playbooks.data?.map((playbook, place) => (
          <Fold
            key={playbook.id}
            title={t.find(`playbook.${playbook.id}.title`) ?? playbook.id}
            aside={t.find(`playbook.${playbook.id}.text`) ?? ""}
            open={place === 0}
          >
            <ol className={classes.steps}>
              {playbook.steps.map((step) => (
                <Step key={step.id} playbook={playbook} step={step} />
              ))}
            </ol>
          </Fold>
        ))}
      </div>
    </Page>
  );
}

const PLACES = ["first", "second", "third"];

function Step({ playbook, step }: { playbook: Playbook; step: PlaybookStep }) {
  const t = useWords();
  const labels = Object.fromEntries(step.properties.map(({ label }, n) => [PLACES[n] ?? "", `“${label}”`]));
  return (
    <li>
      {t.find(`playbook.${playbook.id}.${step.id}`, labels) ?? step.id}
      <span className={classes.stepProperties}>
        {step.properties.map(({ name }) => (
          <Id key={name} value={name} />
        ))}
      </span>
    </li>
  );
}
