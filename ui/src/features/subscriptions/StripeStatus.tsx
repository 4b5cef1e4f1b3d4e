import { useWords } from "../../i18n/words";
import classes from "./subscriptions.module.css";

const TONES: Record<string, string> = {
  active: "ok",
  past_due: "warn",
  unpaid: "bad",
  incomplete: "warn",
};

/** A subscription's status in words. A status Stripe adds later is shown as Stripe writes it. */
export function StripeStatus({ status }: { status: string }) {
  const t = useWords();
  return (
    <span className={classes.status} data-tone={TONES[status] ?? "quiet"}>
      {t.find(`stripeStatus.${status}`) ?? status}
    </span>
  );
}
