import { Button, Checkbox } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { WriteModes, Writing } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { FilterFields } from "./FilterFields";
import { MetadataFields } from "./MetadataFields";
import { ModeList } from "./ModeList";
import { PropertyPicks } from "./PropertyPicks";
import { useDraft } from "./useDraft";
import classes from "./writing.module.css";

/** How and about whom ClearSync writes to HubSpot. Nothing is written by saving; the next plan shows what changes. */
export function WritingView() {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const { open } = useNavigation();
  // The portal and the key change outside of ClearSync, so that each visit asks anew.
  const modes = useQuery({ ...queries.writeModes(backend), refetchOnMount: "always" });
  const writing = useQuery(queries.writing(backend));
  const [edited, setEdited] = useDraft<Writing>("writing");
  const [saved, setSaved] = useState(false);
  const save = useAction(async (draft: Writing) => {
    cache.setQueryData(queries.writing(backend).queryKey, await backend.saveWriting(draft));
    await cache.invalidateQueries({ queryKey: ["writeModes"] });
    await cache.invalidateQueries({ queryKey: ["propertyPlan"] });
    setEdited(null);
    setSaved(true);
  });
  const draft = edited ?? writing.data ?? null;
  const problem = modes.error ?? writing.error ?? save.problem;
  const wrongAmount = save.problem?.code === "writingRefused" && save.problem.params.field === "minimumMrr";
  return (
    <Page
      title={t("writing.title")}
      lead={t("writing.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
    >
      {problem && (
        <ProblemNotice
          problem={problem}
          onTryAgain={() => {
            void modes.refetch();
            void writing.refetch();
          }}
        />
      )}
      {(modes.isPending || writing.isPending) && <RowSkeletons rows={8} height={56} />}
      {modes.data && draft && (
        <Form
          modes={modes.data}
          writing={draft}
          wrongAmount={wrongAmount}
          onChange={(changed) => {
            setEdited(changed);
            setSaved(false);
          }}
        />
      )}
      {edited !== null && (
        <div className={classes.bar}>
          <p>{t("writing.changed")}</p>
          <Button
            variant="default"
            onClick={() => {
              setEdited(null);
              save.clear();
            }}
          >
            {t("writing.discard")}
          </Button>
          <Button loading={save.busy} onClick={() => void save.run(edited)}>
            {t("writing.save")}
          </Button>
        </div>
      )}
      {saved && (
        <div className={classes.bar} role="status">
          <p>{t("writing.saved")}</p>
          <Button onClick={() => open("preview")}>{t("writing.toPreview")}</Button>
        </div>
      )}
    </Page>
  );
}

interface FormProps {
  modes: WriteModes;
  writing: Writing;
  wrongAmount: boolean;
  onChange: (writing: Writing) => void;
}

function Form({ modes, writing, wrongAmount, onChange }: FormProps) {
  const t = useWords();
  const backend = useBackend();
  const properties = useQuery(queries.propertyPlan(backend));
  const metadata = useQuery(queries.metadataKeys(backend));
  const set = (changed: Partial<Writing>) => onChange({ ...writing, ...changed });
  const switched = writing.mode !== modes.current;
  return (
    <>
      <Part title={t("writing.modes")}>
        <ModeList
          modes={modes.modes}
          current={modes.current}
          chosen={writing.mode}
          onChoose={(mode) => set({ mode, removeFormer: false })}
        />
        {writing.mode === "deals" && (
          <p className={classes.muted}>{t(modes.lineItems ? "writing.lineItems" : "writing.noLineItems")}</p>
        )}
        {switched && <p className={classes.muted}>{t("writing.switched")}</p>}
        {(switched || modes.formerRecords > 0) && (
          <Checkbox
            label={t("writing.removeFormer")}
            description={
              switched
                ? t("writing.removeFormer.switched")
                : t("writing.removeFormer.text", { count: modes.formerRecords })
            }
            checked={writing.removeFormer}
            onChange={(event) => set({ removeFormer: event.currentTarget.checked })}
          />
        )}
      </Part>
      <Part title={t("filters.title")} text={t("filters.text")}>
        <FilterFields
          filters={writing.filters}
          keys={metadata.data ?? []}
          wrongAmount={wrongAmount}
          onChange={(filters) => set({ filters })}
        />
      </Part>
      <Part title={t("picks.title")} text={t("picks.text")}>
        {properties.error && <ProblemNotice problem={properties.error} />}
        {properties.data && (
          <PropertyPicks
            properties={properties.data}
            picked={writing.picked}
            onChange={(picked) => set({ picked })}
          />
        )}
      </Part>
      <Part title={t("metadata.title")} text={t("metadata.text")}>
        {metadata.error && <ProblemNotice problem={metadata.error} />}
        {metadata.data && (
          <MetadataFields
            keys={metadata.data}
            fields={writing.metadata}
            onChange={(fields) => set({ metadata: fields })}
          />
        )}
      </Part>
    </>
  );
}

function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className={classes.part}>
      <h2>{title}</h2>
      {text && <p className={classes.muted}>{text}</p>}
      {children}
    </section>
  );
}
