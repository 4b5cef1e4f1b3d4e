import { Button } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useWords } from "../../i18n/words";
import type { DriftDifference, DriftRow } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { HubSpotLink } from "../../kit/HubSpotLink";
import { Moment } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import classes from "./history.module.css";
import { thing } from "./thing";

/** Whether HubSpot still holds what was last written. */
export function DriftView({ onBack }: { onBack: () => void }) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const drift = useQuery(queries.drift(backend));
  const check = useAction(async () => {
    cache.setQueryData(queries.drift(backend).queryKey, await backend.checkDrift());
  });
  const problem = check.problem ?? drift.error;
  const { data } = drift;
  return (
    <Page
      title={t("driftCheck.title")}
      lead={t("driftCheck.lead")}
      back={{ label: t("history.title"), onBack }}
      actions={
        <Button loading={check.busy} onClick={() => void check.run()}>
          {t("driftCheck.now")}
        </Button>
      }
    >
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void drift.refetch()} />}
      {drift.isPending && <RowSkeletons rows={6} />}
      {data && (
        <p className={classes.muted}>
          {t("driftCheck.figures", { differing: data.differing, lookedAt: data.lookedAt, total: data.total })}{" "}
          {data.at !== null && <Moment at={data.at} />}
        </p>
      )}
      {data?.rows.length === 0 && (
        <EmptyState
          icon={<IconCircleCheck size={20} stroke={1.5} aria-hidden />}
          title={t("driftCheck.none.title")}
          text={t("driftCheck.none.text")}
        />
      )}
      {data?.rows.map((row) => (
        <Record key={`${row.object} ${row.key}`} row={row} />
      ))}
    </Page>
  );
}

function Record({ row }: { row: DriftRow }) {
  const t = useWords();
  return (
    <section className={classes.drifted}>
      <div className={classes.driftedHead}>
        <h2>{row.name}</h2>
        <span className={classes.muted}>
          {thing(t, row.object)} · {t(`drift.${row.finding}`)} · <Moment at={row.seenAt} />
        </span>
        {row.url !== null && <HubSpotLink url={row.url} />}
      </div>
      {row.differences.length > 0 && <Differences differences={row.differences} />}
    </section>
  );
}

function Differences({ differences }: { differences: DriftDifference[] }) {
  const t = useWords();
  return (
    <table className={classes.runs}>
      <thead>
        <tr>
          <th scope="col">{t("record.property")}</th>
          <th scope="col">{t("driftCheck.written")}</th>
          <th scope="col">{t("driftCheck.held")}</th>
          <th scope="col">{t("driftCheck.next")}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ property, label, written, held, repaired }) => (
          <tr key={property}>
            <th scope="row" title={property}>
              {label}
            </th>
            <td>{written || t("record.empty")}</td>
            <td>{held || t("record.empty")}</td>
            <td className={classes.muted}>{t(repaired ? "driftCheck.repaired" : "driftCheck.left")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
