import { Button, MultiSelect, TagsInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { formatNumber } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { MailDomainChanges, MailDomains } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { useDraft } from "../writing/useDraft";
import classes from "./mailDomains.module.css";

/** Which mail domains are nobody's company. */
export function MailDomainsView() {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const { open } = useNavigation();
  const domains = useQuery(queries.mailDomains(backend));
  const [edited, setEdited] = useDraft<MailDomainChanges>("mailDomains");
  const [saved, setSaved] = useState(false);
  const save = useAction(async (changes: MailDomainChanges) => {
    const kept = await backend.saveMailDomains(changes);
    cache.setQueryData(queries.mailDomains(backend).queryKey, kept);
    setEdited(null);
    setSaved(true);
  });
  return (
    <Page
      title={t("mailDomains.title")}
      lead={t("mailDomains.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
      actions={
        <Button
          disabled={edited === null}
          loading={save.busy}
          onClick={() => edited && void save.run(edited)}
        >
          {t("mailDomains.save")}
        </Button>
      }
    >
      {domains.error && <ProblemNotice problem={domains.error} onTryAgain={() => void domains.refetch()} />}
      {save.problem && <ProblemNotice problem={save.problem} />}
      {domains.isPending && <RowSkeletons rows={4} height={64} />}
      {domains.data && (
        <Form
          domains={domains.data}
          changes={edited ?? domains.data.changes}
          onChange={(changes) => {
            setEdited(changes);
            setSaved(false);
          }}
        />
      )}
      {saved && (
        <div className={classes.saved} role="status">
          <span>{t("mailDomains.saved")}</span>
          <Button variant="default" size="xs" onClick={() => open("preview")}>
            {t("mailDomains.toPreview")}
          </Button>
        </div>
      )}
    </Page>
  );
}

interface FormProps {
  domains: MailDomains;
  changes: MailDomainChanges;
  onChange: (changes: MailDomainChanges) => void;
}

function Form({ domains, changes, onChange }: FormProps) {
  const t = useWords();
  return (
    <div className={classes.form}>
      <TagsInput
        label={t("mailDomains.added")}
        description={t("mailDomains.added.text")}
        placeholder={t("mailDomains.added.placeholder")}
        splitChars={[",", " ", ";"]}
        value={changes.added}
        onChange={(added) => onChange({ ...changes, added })}
        acceptValueOnBlur
      />
      <MultiSelect
        label={t("mailDomains.removed")}
        description={t("mailDomains.removed.text", { number: formatNumber(domains.builtIn.length) })}
        placeholder={t("mailDomains.removed.placeholder")}
        nothingFoundMessage={t("mailDomains.removed.none")}
        data={domains.builtIn}
        limit={50}
        searchable
        value={changes.removed}
        onChange={(removed) => onChange({ ...changes, removed })}
      />
    </div>
  );
}
