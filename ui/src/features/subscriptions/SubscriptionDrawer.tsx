import { Button, Drawer } from "@mantine/core";
import { IconExternalLink, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { formatDate } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { Explanation, SubscriptionDetail } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Id } from "../../kit/CopyButton";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { StripeStatus } from "./StripeStatus";
import classes from "./subscriptions.module.css";

/** One subscription with the derivation of its MRR, beside the table. */
export function SubscriptionDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useWords();
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      title={t("subscription.title")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {id !== null && <Detail id={id} />}
    </Drawer>
  );
}

function Detail({ id }: { id: string }) {
  const backend = useBackend();
  const detail = useQuery(queries.subscription(backend, id));
  if (detail.error) return <ProblemNotice problem={detail.error} onTryAgain={() => void detail.refetch()} />;
  if (detail.data === undefined) return <RowSkeletons rows={8} />;
  return (
    <div className={classes.detail}>
      <Head detail={detail.data} />
      <ExplanationLines explanation={detail.data.explanation} />
      <Facts detail={detail.data} />
    </div>
  );
}

function Head({ detail }: { detail: SubscriptionDetail }) {
  const t = useWords();
  const backend = useBackend();
  const { row, stripeUrl } = detail;
  return (
    <header>
      <h3 className={classes.name}>{row.customer}</h3>
      <p className={classes.muted}>
        {row.plans} · <StripeStatus status={row.status} />
      </p>
      <p className={classes.large}>
        <Money value={row.mrr} />
      </p>
      <Button
        variant="default"
        size="xs"
        rightSection={<IconExternalLink size={16} aria-hidden />}
        onClick={() => void backend.openLink(stripeUrl).catch(() => undefined)}
      >
        {t("subscription.open")}
      </Button>
    </header>
  );
}

function ExplanationLines({ explanation }: { explanation: Explanation }) {
  const t = useWords();
  return (
    <section className={classes.why}>
      <h4>{t("subscription.why")}</h4>
      <p className={classes.muted}>{explanation.sentence}</p>
      <ol className={classes.lines}>
        {explanation.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines stand in a fixed order
          <li key={index}>
            <span>
              {line.label}
              <small>{line.detail}</small>
            </span>
            <strong>{line.result}</strong>
          </li>
        ))}
      </ol>
      {explanation.notes.length > 0 && (
        <div className={classes.notes}>
          <IconInfoCircle size={16} aria-hidden />
          <ul>
            {explanation.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Facts({ detail: { row, customerId } }: { detail: SubscriptionDetail }) {
  const t = useWords();
  const day = (at: string | null) => at !== null && formatDate(new Date(at));
  return (
    <section>
      <h4>{t("subscription.facts")}</h4>
      <dl className={classes.facts}>
        <Fact name={t("subscription.email")}>{row.email}</Fact>
        <Fact name={t("subscription.started")}>{day(row.startedAt)}</Fact>
        <Fact name={t("subscription.renews")}>{day(row.renewsAt)}</Fact>
        <Fact name={t("subscription.cancels")}>{day(row.cancelsAt)}</Fact>
        <Fact name={t("subscription.id")}>
          <Id value={row.id} />
        </Fact>
        <Fact name={t("subscription.customer")}>
          <Id value={customerId} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
