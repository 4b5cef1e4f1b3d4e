import { IconCircleCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ModeBadge } from "../../frame/ModeBadge";
import { useWords } from "../../i18n/words";
import type { HubSpotConnection, StripeConnection } from "../../ipc/backend";
import { Moment } from "../../kit/Moment";
import classes from "./keys.module.css";

interface CardProps {
  title: ReactNode;
  facts: ReactNode[];
  children?: ReactNode;
}

function Card({ title, facts, children }: CardProps) {
  return (
    <div className={classes.card}>
      <IconCircleCheck className={classes.cardIcon} size={20} stroke={1.5} aria-hidden />
      <div className={classes.cardText}>
        <p className={classes.cardTitle}>{title}</p>
        {facts.map((fact, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the facts stand in a fixed order
          <p key={index} className={classes.aside}>
            {fact}
          </p>
        ))}
      </div>
      {children && <div className={classes.buttons}>{children}</div>}
    </div>
  );
}

/** The Stripe key that is connected: its account, kind, mode and last four. */
export function StripeCard({ connection, children }: { connection: StripeConnection; children?: ReactNode }) {
  const t = useWords();
  const { restricted, mode, lastFour, accountName, accountId, storage, connectedAt } = connection;
  return (
    <Card
      title={
        <>
          {accountName ?? accountId ?? t("service.stripe")} <ModeBadge mode={mode} />
        </>
      }
      facts={[
        <>
          {t(restricted ? "key.kind.restricted" : "key.kind.secret")}{" "}
          <span className={classes.keyText}>{t("key.masked", { lastFour })}</span> ·{" "}
          <Moment at={connectedAt} />
        </>,
        t(`key.storage.${storage}`),
      ]}
    >
      {children}
    </Card>
  );
}

/** The HubSpot key that is connected, and its portal. */
export function HubSpotCard({
  connection,
  children,
}: {
  connection: HubSpotConnection;
  children?: ReactNode;
}) {
  const t = useWords();
  const { portalId, currency, timeZone, lastFour, storage, connectedAt } = connection;
  return (
    <Card
      title={t("key.portal", { id: portalId })}
      facts={[
        <>
          {t("key.kind.hubSpot")} <span className={classes.keyText}>{t("key.masked", { lastFour })}</span> ·{" "}
          {t("key.portal.facts", { currency, timeZone })} · <Moment at={connectedAt} />
        </>,
        t(`key.storage.${storage}`),
      ]}
    >
      {children}
    </Card>
  );
}
