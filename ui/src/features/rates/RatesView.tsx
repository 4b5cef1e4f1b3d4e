import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { ExchangeRatesView, Problem } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { useNow } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { draftOf, inputOf, type RatesDraft, reportedIn, withRow } from "./draft";
import { MissingRates } from "./MissingRates";
import { RatesTable } from "./RatesTable";
import { ReportingCurrency } from "./ReportingCurrency";
import classes from "./rates.module.css";

/** In which currency all figures are told together, and by which rates. */
export function RatesView() {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const { open } = useNavigation();
  const rates = useQuery(queries.exchangeRates(backend));
  const [edited, setEdited] = useState<RatesDraft | null>(null);
  const save = useAction(async (draft: RatesDraft) => {
    const kept = await backend.setExchangeRates(inputOf(draft));
    cache.setQueryData(queries.exchangeRates(backend).queryKey, kept);
    setEdited(null);
  });
  const read = useAction(async () => {
    const told = await backend.readHubspotRates();
    cache.setQueryData(queries.exchangeRates(backend).queryKey, told);
  });
  const fromHubspot = rates.data?.source === "hubspot";
  return (
    <Page
      title={t("rates.title")}
      lead={t("rates.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
      actions={
        <>
          <Button
            variant="default"
            disabled={edited !== null || read.busy || rates.data === undefined}
            onClick={() => void read.run()}
          >
            {t(fromHubspot ? "rates.hubspot.again" : "rates.hubspot")}
          </Button>
          <Button disabled={edited === null || save.busy} onClick={() => edited && void save.run(edited)}>
            {t("rates.save")}
          </Button>
        </>
      }
    >
      {rates.error && <ProblemNotice problem={rates.error} onTryAgain={() => void rates.refetch()} />}
      {read.problem && <ProblemNotice problem={read.problem} onTryAgain={() => void read.run()} />}
      {rates.isPending && <RowSkeletons rows={8} height={48} />}
      {rates.data && (
        <Form
          kept={rates.data}
          draft={edited ?? draftOf(rates.data)}
          onChange={setEdited}
          problem={save.problem}
        />
      )}
    </Page>
  );
}

interface FormProps {
  kept: ExchangeRatesView;
  draft: RatesDraft;
  onChange: (draft: RatesDraft) => void;
  problem: Problem | null;
}

function Form({ kept, draft, onChange, problem }: FormProps) {
  const t = useWords();
  const today = useNow().toISOString().slice(0, 10);
  const add = (currency: string | null) => onChange(withRow(draft, currency, today));
  const missing = kept.missing.filter((code) => !draft.rates.some(({ currency }) => currency === code));
  const placed = problem !== null && draft.rates.some(({ currency }) => currency === problem.params.currency);
  return (
    <>
      <ReportingCurrency draft={draft} onChange={(reporting) => onChange(reportedIn(reporting, kept))} />
      {problem && !placed && <ProblemNotice problem={problem} />}
      {draft.reporting !== null && (
        <section>
          <div className={classes.headingLine}>
            <h2>{t("rates.table")}</h2>
            <span className={classes.muted}>{t(`rates.source.${kept.source}`)}</span>
            <Button variant="default" size="xs" onClick={() => add(null)}>
              {t("rates.add")}
            </Button>
          </div>
          <MissingRates currencies={missing} onAdd={add} />
          <RatesTable
            draft={draft}
            reporting={draft.reporting}
            problem={placed ? problem : null}
            onChange={(rows) => onChange({ ...draft, rates: rows })}
          />
        </section>
      )}
    </>
  );
}
