import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconUserQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { AttentionItem, AttentionKind } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { EmptyState } from "../../kit/EmptyState";
import { groupBy } from "../../kit/groupBy";
import { Moment } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ActionButton, ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import classes from "./attention.module.css";
import { ReviewView } from "./ReviewView";

/** Items of a kind that are shown before the user asks for all. */
const SHOWN_FIRST = 8;

/** What needs the user, kind by kind, with the one thing that helps. */
export function AttentionView() {
  const [reviewing, setReviewing] = useState(false);
  if (reviewing) return <ReviewView onBack={() => setReviewing(false)} />;
  return <Items onReview={() => setReviewing(true)} />;
}

function Items({ onReview }: { onReview: () => void }) {
  const t = useWords();
  const backend = useBackend();
  const items = useQuery(queries.attention(backend));
  const review = useQuery(queries.review(backend));
  const undecided = review.data?.filter(({ decision }) => decision === null).length ?? 0;
  const problem = items.error ?? review.error;
  const nothing = items.data?.length === 0 && review.data?.length === 0;
  return (
    <Page title={t("attention.title")} lead={t("attention.lead")}>
      {items.isPending && <RowSkeletons rows={8} height={48} />}
      {problem && (
        <ProblemNotice
          problem={problem}
          onTryAgain={() => {
            void items.refetch();
            void review.refetch();
          }}
        />
      )}
      {nothing && (
        <EmptyState
          icon={<IconCircleCheck size={20} stroke={1.5} aria-hidden />}
          title={t("attention.empty.title")}
          text={t("attention.empty.text")}
        />
      )}
      {review.data !== undefined && review.data.length > 0 && (
        <section className={classes.kind}>
          <IconUserQuestion className={classes.icon} size={16} aria-hidden />
          <div className={classes.body}>
            <h2>{t("matchReview.title")}</h2>
            <p className={classes.muted}>{t("matchReview.open", { count: undecided })}</p>
          </div>
          <Button variant="default" onClick={onReview}>
            {t("matchReview.start")}
          </Button>
        </section>
      )}
      {groupBy(items.data ?? [], (item) => item.kind).map(([kind, members]) => (
        <Kind key={kind} kind={kind} items={members} />
      ))}
    </Page>
  );
}

function Kind({ kind, items }: { kind: AttentionKind; items: AttentionItem[] }) {
  const t = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, SHOWN_FIRST);
  const hidden = items.length - shown.length;
  return (
    <section className={classes.kind}>
      <IconAlertTriangle className={classes.icon} size={16} aria-hidden />
      <div className={classes.body}>
        <h2>
          {t(`attention.${kind}.title`)}{" "}
          {items.length > 1 && (
            <span className={classes.count}>{t("progress.done", { done: items.length })}</span>
          )}
        </h2>
        <p className={classes.muted}>{t(`attention.${kind}.text`, items[0]?.params)}</p>
        <ul className={classes.items}>
          {shown.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ul>
        {hidden > 0 && (
          <Button variant="subtle" size="xs" onClick={() => setAll(true)}>
            {t("attention.showAll", { count: hidden })}
          </Button>
        )}
      </div>
    </section>
  );
}

function Item({ item }: { item: AttentionItem }) {
  return (
    <li className={classes.item}>
      <span className={classes.subject}>
        {item.subject}
        {item.details.map((detail) => (
          <small key={detail} className={classes.detail}>
            {detail}
          </small>
        ))}
      </span>
      <span className={classes.muted}>
        <Moment at={item.since} length="short" />
      </span>
      {item.action && <ActionButton action={item.action} />}
    </li>
  );
}
