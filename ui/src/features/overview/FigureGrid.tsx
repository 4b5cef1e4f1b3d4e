import type { ReactNode } from "react";
import { formatNumber, formatPercent } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { CompanyFigures } from "../../ipc/backend";
import { Change } from "../../kit/Change";
import { Money } from "../../kit/Money";
import classes from "./overview.module.css";

/** The company's figures: MRR large, the others beside it, each with what it means. */
export function FigureGrid({ figures }: { figures: CompanyFigures }) {
  const t = useWords();
  const percent = (ratio: string | null) => (ratio === null ? t("overview.unknown") : formatPercent(ratio));
  const { mrr, arr, committed, atRisk, changeThisMonth, quickRatio, exactShare } = figures;
  return (
    <dl className={classes.grid}>
      <Figure
        large
        name={t("overview.mrr")}
        note={
          <>
            <Change value={changeThisMonth} /> {t("overview.thisMonth")}
          </>
        }
      >
        <Money value={mrr} />
      </Figure>
      <Figure name={t("overview.arr")} note={t("overview.arr.note")}>
        <Money value={arr} />
      </Figure>
      <Figure name={t("overview.committed")} note={t("overview.committed.note")}>
        <Money value={committed} />
      </Figure>
      <Figure name={t("overview.atRisk")} note={t("overview.atRisk.note")}>
        <Money value={atRisk} />
      </Figure>
      <Figure name={t("overview.quickRatio")} note={t("overview.quickRatio.note")}>
        {quickRatio === null ? t("overview.unknown") : formatNumber(quickRatio)}
      </Figure>
      <Figure name={t("overview.netRetention")} note={t("overview.year")}>
        {percent(figures.netRetention)}
      </Figure>
      <Figure name={t("overview.grossRetention")} note={t("overview.year")}>
        {percent(figures.grossRetention)}
      </Figure>
      <Figure name={t("overview.churnRate")} note={t("overview.lastMonth")}>
        {percent(figures.churnRate)}
      </Figure>
      <Figure name={t("overview.exact")} note={t("overview.exact.note")}>
        {percent(exactShare)}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  name: string;
  /** What the figure means, in a few words below it. */
  note: ReactNode;
  large?: boolean;
  children: ReactNode;
}

function Figure({ name, note, large = false, children }: FigureProps) {
  return (
    <div className={classes.figure} data-large={large || undefined}>
      <dt>{name}</dt>
      <dd className={classes.value}>{children}</dd>
      <dd className={classes.note}>{note}</dd>
    </div>
  );
}
