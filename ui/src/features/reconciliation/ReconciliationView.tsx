import { Button, Select } from "@mantine/core";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { PolicyId } from "../../ipc/backend";
import { type CsvFile, queries, useBackend } from "../../ipc/queries";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { ExportMrr } from "./ExportMrr";
import { FileDrop, useFilePicker } from "./FileDrop";
import { Report } from "./Report";
import classes from "./reconciliation.module.css";

const FILE_KEY = ["csvFile"];

/** Our MRR per subscriber and month against a table the user drops in. */
export function ReconciliationView() {
  const t = useWords();
  const { open } = useNavigation();
  const cache = useQueryClient();
  const file = useQuery<CsvFile | null>({ queryKey: FILE_KEY, initialData: null, enabled: false }).data;
  const choose = (chosen: CsvFile) => cache.setQueryData(FILE_KEY, chosen);
  const picker = useFilePicker(choose);
  return (
    <Page
      title={t("reconcile.title")}
      lead={t("reconcile.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
      actions={
        <>
          <ExportMrr />
          {file !== null && <Button onClick={picker.open}>{t("reconcile.another")}</Button>}
        </>
      }
      fill
    >
      {picker.input}
      {file === null ? <FileDrop onFile={choose} onPick={picker.open} /> : <Comparison file={file} />}
    </Page>
  );
}

function Comparison({ file }: { file: CsvFile }) {
  const t = useWords();
  const backend = useBackend();
  const [against, setAgainst] = useState<PolicyId | null>(null);
  const policies = useQuery(queries.policies(backend));
  const report = useQuery({
    ...queries.reconcile(backend, file, against),
    placeholderData: keepPreviousData,
  });
  const ids = policies.data?.presets.map(({ id }) => id) ?? [];
  const active = policies.data?.active.id;
  return (
    <>
      <div className={classes.subject}>
        <span className={classes.file}>{file.name}</span>
        <span className={classes.muted}>{t("reconcile.against")}</span>
        <Select
          size="xs"
          w={240}
          allowDeselect={false}
          aria-label={t("reconcile.policy")}
          value={against ?? active ?? null}
          onChange={(id) => setAgainst(id === active ? null : (id as PolicyId))}
          data={[...new Set([...(active === undefined ? [] : [active]), ...ids])].map((value) => ({
            value,
            label:
              value === active
                ? t("reconcile.active", { policy: t(`policy.${value}`) })
                : t(`policy.${value}`),
          }))}
        />
      </div>
      {report.error && <ProblemNotice problem={report.error} onTryAgain={() => void report.refetch()} />}
      {report.isPending && <RowSkeletons rows={10} />}
      {report.data && <Report report={report.data} />}
    </>
  );
}
