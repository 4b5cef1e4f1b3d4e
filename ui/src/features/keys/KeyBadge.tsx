import { ModeBadge } from "../../frame/ModeBadge";
import { useWords } from "../../i18n/words";
import type { StripeConnection } from "../../ipc/backend";
import classes from "./keys.module.css";

/** Which Stripe key and account this is about, in one line. */
export function KeyBadge({ connection }: { connection: StripeConnection }) {
  const t = useWords();
  const { mode, lastFour, accountName, accountId } = connection;
  return (
    <p className={classes.badge}>
      <span className={classes.keyText}>{t("key.masked", { lastFour })}</span>
      <ModeBadge mode={mode} />
      <span>{accountName ?? accountId}</span>
    </p>
  );
}
