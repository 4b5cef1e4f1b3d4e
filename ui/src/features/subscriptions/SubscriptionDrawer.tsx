import { Button, Drawer } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { formatDate } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { SubscriptionDetail } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Id } from "../../kit/CopyButton";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import type { Asked } from "./AskedFigure";
import { Derivation } from "./Derivation";
import { StripeStatus } from "./StripeStatus";
import { SubscriptionMovements } from "./SubscriptionMovements";
import classes from "./subscriptions.module.css";
import { Timeline } from "./Timeline";

const WIDTH_PX = 760;

/** One subscription with its MRR now and over time, each figure with its derivation, beside the table. */
export function SubscriptionDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useWords();
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      size={WIDTH_PX}
      title={t("subscription.title")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {id !== null && <Detail id={id} />}
    </Drawer>
  );
}

function Detail({ id }: { id: string }) {
  const t = useWords();
  const backend = useBackend();
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = (figure: Asked) => setAsked((now) => (now?.id === figure.id ? null : figure));
  const detail = useQuery(queries.subscription(backend, id));
  if (detail.error) return <ProblemNotice problem={detail.error} onTryAgain={() => void detail.refetch()} />;
  if (detail.data === undefined) return <RowSkeletons rows={8} />;
  return (
    <div className={classes.detail}>
      <Head detail={detail.data} />
      <section>
        <h4>{t("subscription.why")}</h4>
        <Derivation explanation={detail.data.explanation} />
      </section>
      <Timeline detail={detail.data} asked={asked} ask={ask} />
      <SubscriptionMovements detail={detail.data} asked={asked} ask={ask} />
      <Facts detail={detail.data} />
    </div>
  );
}

function Head({ detail }: { detail: SubscriptionDetail }) {
  const t = useWords();
  const backend = useBackend();
  const { row, stripeUrl } = detail;
  return (
    <div>
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
    </div>
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
