import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
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

/** Items of a kind that are shown before the user asks for all. */
const SHOWN_FIRST = 8;

/** What needs the user, kind by kind, with the one thing that helps. */
export function AttentionView() {
  const t = useWords();
  const items = useQuery(queries.attention(useBackend()));
  return (
    <Page title={t("attention.title")} lead={t("attention.lead")}>
      {items.isPending && <RowSkeletons rows={8} height={48} />}
      {items.error && <ProblemNotice problem={items.error} onTryAgain={() => void items.refetch()} />}
      {items.data?.length === 0 && (
        <EmptyState
          icon={<IconCircleCheck size={20} stroke={1.5} aria-hidden />}
          title={t("attention.empty.title")}
          text={t("attention.empty.text")}
        />
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
      <span className={classes.subject}>{item.subject}</span>
      <span className={classes.muted}>
        <Moment at={item.since} length="short" />
      </span>
      {item.action && <ActionButton action={item.action} />}
    </li>
  );
}
