import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { PolicyChoices, PolicyId, PolicySwitches } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { Bridge } from "./Bridge";
import { PolicyList } from "./PolicyList";
import { PolicyPreview } from "./PolicyPreview";
import classes from "./policy.module.css";
import { Switches } from "./Switches";
import { sameSwitches } from "./switches";

/** A set of rules as it stands on the page, before it is applied. */
interface Draft {
  id: PolicyId;
  switches: PolicySwitches;
}

/** By which rules MRR is counted, and what other rules would make of it. */
export function PolicyView() {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const { open } = useNavigation();
  const policies = useQuery(queries.policies(backend));
  const [edited, setEdited] = useState<Draft | null>(null);
  const draft = edited ?? policies.data?.active ?? null;
  const changed = draft !== null && policies.data !== undefined && !isActive(draft, policies.data);
  const outcome = useRef<HTMLHeadingElement>(null);
  // The bar goes with the change, so the focus needs another place.
  const settle = () => {
    setEdited(null);
    outcome.current?.focus();
  };
  const apply = useAction(async ({ id, switches }: Draft) => {
    const choices = await backend.choosePolicy(id, switches);
    cache.setQueryData(queries.policies(backend).queryKey, choices);
    settle();
  });
  return (
    <Page
      title={t("policy.title")}
      lead={t("policy.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
    >
      {policies.error && (
        <ProblemNotice problem={policies.error} onTryAgain={() => void policies.refetch()} />
      )}
      {apply.problem && (
        <ProblemNotice problem={apply.problem} onTryAgain={() => draft && void apply.run(draft)} />
      )}
      {policies.isPending && <RowSkeletons rows={12} height={48} />}
      {policies.data && draft && (
        <>
          <div className={classes.columns}>
            <PolicyList
              choices={policies.data}
              chosen={draft.id}
              onChoose={(id) => setEdited({ id, switches: switchesOf(id, policies.data) ?? draft.switches })}
            />
            <Switches switches={draft.switches} onChange={(switches) => setEdited({ id: "own", switches })} />
          </div>
          <PolicyPreview heading={outcome} switches={draft.switches} changed={changed} />
          <Bridge choices={policies.data} />
          {changed && (
            <div className={classes.bar}>
              <p>{t("policy.changed")}</p>
              <Button variant="default" onClick={settle}>
                {t("policy.keep")}
              </Button>
              <Button disabled={apply.busy} onClick={() => void apply.run(draft)}>
                {t("policy.apply")}
              </Button>
            </div>
          )}
        </>
      )}
    </Page>
  );
}

const isActive = ({ id, switches }: Draft, { active }: PolicyChoices) =>
  id === active.id && sameSwitches(switches, active.switches);

const switchesOf = (id: PolicyId, { presets, own }: PolicyChoices) =>
  (id === "own" ? own : presets.find((preset) => preset.id === id))?.switches;
