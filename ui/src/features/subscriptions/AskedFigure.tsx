import { UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatDate } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { Money as MoneyValue, OriginView, SubscriptionDetail } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { originText } from "../movements/OriginMark";
import { Derivation } from "./Derivation";
import classes from "./subscriptions.module.css";

/** A figure whose explanation is asked for: which one on the page, and of which moment. */
export interface Asked {
  id: string;
  at: string;
}

/** Which figure is being explained, and how another one is. */
export interface Asking {
  asked: Asked | null;
  ask: (figure: Asked) => void;
}

interface AskButtonProps extends Asking {
  figure: Asked;
  value: MoneyValue;
}

/** An amount that tells on a click how it came about. */
export function AskButton({ figure, value, asked, ask }: AskButtonProps) {
  const t = useWords();
  return (
    <UnstyledButton
      className={classes.ask}
      aria-expanded={asked?.id === figure.id}
      title={t("subscription.ask")}
      onClick={() => ask(figure)}
    >
      <Money value={value} />
    </UnstyledButton>
  );
}

interface ThenAndNowProps {
  detail: SubscriptionDetail;
  at: string;
  /** From what the figure of that moment is known. */
  origin: OriginView;
}

/** How MRR came about at a moment, beside how it does now. */
export function ThenAndNow({ detail, at, origin }: ThenAndNowProps) {
  const t = useWords();
  const then = useQuery(queries.explain(useBackend(), detail.row.id, at));
  return (
    <div className={classes.thenAndNow} aria-live="polite">
      <div>
        <h5>{t("subscription.then", { day: formatDate(new Date(at)) })}</h5>
        {then.error && <ProblemNotice problem={then.error} onTryAgain={() => void then.refetch()} />}
        {then.isPending && <RowSkeletons rows={detail.explanation.lines.length + 1} />}
        {then.data && <Derivation explanation={then.data} />}
        <p className={classes.origin}>{originText(t, origin)}</p>
      </div>
      <div>
        <h5>{t("subscription.now")}</h5>
        <Derivation explanation={detail.explanation} />
      </div>
    </div>
  );
}
