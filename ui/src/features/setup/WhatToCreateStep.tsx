import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { ObjectType, PropertyPlan, Setup, WriteMode } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Fold } from "../../kit/Fold";
import { groupBy } from "../../kit/groupBy";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { ChoiceSwitches } from "../settings/ChoiceSwitches";
import { ModeList } from "../writing/ModeList";
import { StepPage } from "./StepPage";
import classes from "./setup.module.css";
import { useGoToStep } from "./steps";

/** What ClearSync may add to HubSpot: contacts, companies, and its own properties. */
export function WhatToCreateStep({ setup }: { setup: Setup }) {
  const t = useWords();
  const backend = useBackend();
  const goToStep = useGoToStep();
  const [choices, setChoices] = useState(setup.choices);
  const [mode, setMode] = useState<WriteMode | null>(null);
  const save = useAction(async () => {
    await backend.saveChoices(choices);
    if (mode !== null) await backend.saveWriting({ ...(await backend.writing()), mode, removeFormer: false });
    await goToStep("import");
  });
  return (
    <StepPage
      setup={setup}
      title={t("create.title")}
      lead={t("create.lead")}
      primary={
        <Button disabled={save.busy} onClick={() => void save.run()}>
          {t("continue")}
        </Button>
      }
    >
      <ChoiceSwitches choices={choices} onChange={setChoices} />
      <Modes chosen={mode} onChoose={setMode} />
      {save.problem && <ProblemNotice problem={save.problem} onTryAgain={() => void save.run()} />}
      <Properties />
    </StepPage>
  );
}

function Modes({ chosen, onChoose }: { chosen: WriteMode | null; onChoose: (mode: WriteMode) => void }) {
  const t = useWords();
  const modes = useQuery(queries.writeModes(useBackend()));
  return (
    <section className={classes.part}>
      <h2>{t("writing.modes")}</h2>
      <p className={classes.muted}>{t("writing.later")}</p>
      {modes.isPending && <RowSkeletons rows={3} height={56} />}
      {modes.error && <ProblemNotice problem={modes.error} onTryAgain={() => void modes.refetch()} />}
      {modes.data && (
        <ModeList
          modes={modes.data.modes}
          current={modes.data.current}
          chosen={chosen ?? modes.data.current}
          onChoose={onChoose}
        />
      )}
    </section>
  );
}

function Properties() {
  const t = useWords();
  const backend = useBackend();
  const plan = useQuery(queries.propertyPlan(backend));
  return (
    <section className={classes.part}>
      <h2>{t("create.properties")}</h2>
      <p className={classes.muted}>{t("create.properties.text")}</p>
      {plan.isPending && <RowSkeletons rows={3} height={40} />}
      {plan.error && <ProblemNotice problem={plan.error} onTryAgain={() => void plan.refetch()} />}
      <div>
        {groupBy(plan.data ?? [], (property) => property.object).map(([object, properties]) => (
          <ObjectProperties key={object} object={object} properties={properties} />
        ))}
      </div>
    </section>
  );
}

function ObjectProperties({ object, properties }: { object: ObjectType; properties: PropertyPlan[] }) {
  const t = useWords();
  const count = (state: PropertyPlan["state"]) =>
    properties.filter((property) => property.state === state).length;
  const aside = t("create.properties.count", { present: count("present"), toCreate: count("toCreate") });
  const open = properties.some(({ state }) => state === "noRoom" || state === "unusable");
  return (
    <Fold title={t(`objects.${object}`)} aside={aside} open={open}>
      <ul className={classes.properties}>
        {properties.map(({ name, label, state }) => (
          <li key={name} data-state={state}>
            <span>{label}</span>
            <code>{name}</code>
            <span className={classes.propertyState}>{t(`property.${state}`)}</span>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
