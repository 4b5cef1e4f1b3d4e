import { Button, Drawer, Select } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords, type Words } from "../../i18n/words";
import type { ReviewItem } from "../../ipc/backend";
import { useRowsInMemory } from "../../ipc/paged";
import { queries, useBackend } from "../../ipc/queries";
import { columnsOf, DataTable } from "../../kit/DataTable";
import { EmptyState } from "../../kit/EmptyState";
import { Moment } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { SearchField } from "../../kit/SearchField";
import { RowSkeletons } from "../../kit/Skeletons";
import { Toolbar } from "../../kit/Toolbar";
import { whySkipped } from "../../kit/whySkipped";
import classes from "./attention.module.css";
import { ReviewDetail } from "./ReviewDetail";

const STATES = ["open", "decided"] as const;
type State = (typeof STATES)[number];

/** Customers and companies without a certain match, and what the user decided about them. */
export function ReviewView({ onBack }: { onBack: () => void }) {
  const t = useWords();
  const { open } = useNavigation();
  const review = useQuery(queries.review(useBackend()));
  const [decided, setDecided] = useState(false);
  return (
    <Page
      title={t("matchReview.title")}
      lead={t("matchReview.lead")}
      back={{ label: t("attention.title"), onBack }}
      actions={decided && <Button onClick={() => open("preview")}>{t("matchReview.toPreview")}</Button>}
      fill
    >
      {review.isPending && <RowSkeletons rows={12} />}
      {review.error && <ProblemNotice problem={review.error} onTryAgain={() => void review.refetch()} />}
      {decided && (
        <p className={classes.muted} role="status">
          {t("matchReview.stale")}
        </p>
      )}
      {review.data && <Items items={review.data} onDecided={() => setDecided(true)} />}
    </Page>
  );
}

function Items({ items, onDecided }: { items: ReviewItem[]; onDecided: () => void }) {
  const t = useWords();
  const [search, setSearch] = useState("");
  const [state, setState] = useState<State | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const matching = useMemo(() => {
    const sought = search.toLowerCase();
    return items.filter(
      ({ name, key, decision }) =>
        [name, key].some((text) => text.toLowerCase().includes(sought)) &&
        (state === null || (state === "decided") === (decision !== null)),
    );
  }, [items, search, state]);
  const rows = useRowsInMemory(matching);
  const columns = useMemo(() => makeColumns(t), [t]);
  const item = items.find((one) => idOf(one) === shown) ?? null;
  return (
    <>
      <Toolbar count={t("progress.done", { done: matching.length })}>
        <SearchField label={t("preview.search")} value={search} onChange={setSearch} />
        <Select
          size="xs"
          w={160}
          clearable
          aria-label={t("matchReview.filter")}
          placeholder={t("matchReview.filter.all")}
          value={state}
          onChange={(value) => setState(value as State | null)}
          data={STATES.map((value) => ({ value, label: t(`matchReview.state.${value}`) }))}
        />
      </Toolbar>
      <DataTable
        label={t("matchReview.title")}
        columns={columns}
        rows={rows}
        onOpen={(row) => setShown(idOf(row))}
        empty={
          <EmptyState
            icon={<IconCircleCheck size={20} stroke={1.5} aria-hidden />}
            title={t("matchReview.empty.title")}
            text={t("matchReview.empty.text")}
          />
        }
      />
      <Drawer
        opened={item !== null}
        onClose={() => setShown(null)}
        size={640}
        title={item && (t.find(`thing.${item.object}`) ?? item.object)}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {item && <ReviewDetail item={item} onDecided={onDecided} />}
      </Drawer>
    </>
  );
}

const idOf = ({ object, key }: ReviewItem) => `${object} ${key}`;

function makeColumns(t: Words) {
  const column = columnsOf<ReviewItem>();
  return column.columns([
    column.accessor("name", {
      header: t("preview.column.record"),
      meta: { width: "minmax(160px, 1.4fr)" },
      cell: ({ getValue }) => <span className={classes.subject}>{getValue()}</span>,
    }),
    column.display({
      id: "reason",
      header: t("matchReview.column.reason"),
      meta: { width: "minmax(200px, 1.8fr)" },
      cell: ({ row: { original } }) =>
        original.reason !== null && whySkipped(t, original.reason, original.otherAccount),
    }),
    column.accessor("candidates", {
      header: t("matchReview.column.candidates"),
      meta: { width: "96px", align: "right", wideOnly: true },
      cell: ({ getValue }) => t("progress.done", { done: getValue() }),
    }),
    column.display({
      id: "decision",
      header: t("matchReview.column.decision"),
      meta: { width: "minmax(128px, 1fr)" },
      cell: ({ row: { original } }) => (
        <span className={classes.muted}>
          {original.decision === null
            ? t("matchReview.undecided")
            : t(`matchReview.decided.${original.decision.kind}`)}
        </span>
      ),
    }),
    column.accessor("since", {
      header: t("matchReview.column.since"),
      meta: { width: "112px", align: "right" },
      cell: ({ getValue }) => (
        <span className={classes.muted}>
          <Moment at={getValue()} length="short" />
        </span>
      ),
    }),
  ]);
}
