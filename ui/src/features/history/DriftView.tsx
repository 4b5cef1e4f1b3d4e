import { Button, Drawer } from "@mantine/core";
import { IconCircleCheck, IconClock } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useWords, type Words } from "../../i18n/words";
import type { DriftDifference, DriftRow } from "../../ipc/backend";
import { useRowsInMemory } from "../../ipc/paged";
import { queries, useBackend } from "../../ipc/queries";
import { Id } from "../../kit/CopyButton";
import { columnsOf, DataTable } from "../../kit/DataTable";
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
      fill
    >
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void drift.refetch()} />}
      {drift.isPending && <RowSkeletons rows={12} />}
      {data && data.at !== null && (
        <p className={classes.muted}>
          {t("driftCheck.figures", { differing: data.differing, lookedAt: data.lookedAt, total: data.total })}{" "}
          <Moment at={data.at} />
        </p>
      )}
      {data && <Rows rows={data.rows} looked={data.at !== null} />}
    </Page>
  );
}

function Rows({ rows, looked }: { rows: DriftRow[]; looked: boolean }) {
  const t = useWords();
  const [shown, setShown] = useState<DriftRow | null>(null);
  const columns = useMemo(() => makeColumns(t), [t]);
  const state = looked ? "none" : "never";
  const Icon = looked ? IconCircleCheck : IconClock;
  return (
    <>
      <DataTable
        label={t("driftCheck.title")}
        columns={columns}
        rows={useRowsInMemory(rows)}
        onOpen={setShown}
        empty={
          <EmptyState
            icon={<Icon size={20} stroke={1.5} aria-hidden />}
            title={t(`driftCheck.${state}.title`)}
            text={t(`driftCheck.${state}.text`)}
          />
        }
      />
      <Drawer
        opened={shown !== null}
        onClose={() => setShown(null)}
        size={640}
        title={shown && thing(t, shown.object)}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {shown && <Detail row={shown} />}
      </Drawer>
    </>
  );
}

function makeColumns(t: Words) {
  const column = columnsOf<DriftRow>();
  return column.columns([
    column.accessor("name", {
      header: t("preview.column.record"),
      meta: { width: "minmax(144px, 1.6fr)" },
      cell: ({ getValue }) => <span className={classes.name}>{getValue()}</span>,
    }),
    column.accessor("object", {
      header: t("history.column.kind"),
      meta: { width: "minmax(80px, 0.5fr)", wideOnly: true },
      cell: ({ getValue }) => <span className={classes.muted}>{thing(t, getValue())}</span>,
    }),
    column.accessor("finding", {
      header: t("driftCheck.finding"),
      meta: { width: "minmax(176px, 0.8fr)" },
      cell: ({ getValue }) => t(`drift.${getValue()}`),
    }),
    column.display({
      id: "difference",
      header: t("driftCheck.difference"),
      meta: { width: "minmax(160px, 1.4fr)" },
      cell: ({ row: { original } }) => <FirstDifference differences={original.differences} />,
    }),
    column.display({
      id: "next",
      header: t("driftCheck.next"),
      meta: { width: "minmax(96px, 0.7fr)" },
      cell: ({ row: { original } }) => (
        <span className={classes.muted}>{nextSync(t, original.differences)}</span>
      ),
    }),
    column.accessor("seenAt", {
      header: t("driftCheck.seen"),
      meta: { width: "96px", align: "right", wideOnly: true },
      cell: ({ getValue }) => (
        <span className={classes.muted}>
          <Moment at={getValue()} length="short" />
        </span>
      ),
    }),
  ]);
}

function FirstDifference({ differences: [first, ...more] }: { differences: DriftDifference[] }) {
  const t = useWords();
  if (first === undefined) return null;
  return (
    <>
      <span className={classes.muted}>{first.label}</span> {first.written || t("record.empty")} →{" "}
      {first.held || t("record.empty")}{" "}
      {more.length > 0 && <span className={classes.muted}>{t("preview.more", { count: more.length })}</span>}
    </>
  );
}

function nextSync(t: Words, differences: DriftDifference[]): string {
  const repaired = differences.filter((difference) => difference.repaired).length;
  if (differences.length === 0) return "";
  if (repaired === differences.length) return t("driftCheck.repaired");
  return t(repaired === 0 ? "driftCheck.left" : "driftCheck.partly");
}

function Detail({ row }: { row: DriftRow }) {
  const t = useWords();
  return (
    <div className={classes.detail}>
      <div>
        <h3 className={classes.detailName}>{row.name}</h3>
        <p className={classes.muted}>
          {t(`drift.${row.finding}`)} · <Moment at={row.seenAt} />
        </p>
      </div>
      {row.differences.length > 0 && <Differences differences={row.differences} />}
      {row.hubspotId !== "" && (
        <p className={classes.muted}>
          {t("record.hubspotId")} <Id value={row.hubspotId} />
        </p>
      )}
      {row.url !== null && (
        <div className={classes.buttons}>
          <HubSpotLink url={row.url} />
        </div>
      )}
    </div>
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
