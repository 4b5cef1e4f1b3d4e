import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { formatChange, formatMoney, formatMonth } from "../../i18n/format";
import { useWords, type Words } from "../../i18n/words";
import type { CompanyFigures, MonthFigures } from "../../ipc/backend";
import { AreaChart } from "../../kit/charts/AreaChart";
import chart from "../../kit/charts/charts.module.css";
import { StackedBars } from "../../kit/charts/StackedBars";
import { sizeOf } from "../../kit/charts/scale";
import { Money } from "../../kit/Money";
import classes from "./overview.module.css";

const HEIGHT_PX = 240;
/** The parts of a month's change, in the order of the bars from nought outwards. */
export const PARTS = ["new", "reactivation", "expansion", "contraction", "churn", "exchange"] as const;

/** MRR at each month's end, and what moved it in each month. Both charts point at the same month. */
export function MonthCharts({ figures: { currency, months } }: { figures: CompanyFigures }) {
  const t = useWords();
  const { openMonth } = useNavigation();
  const [picked, setPicked] = useState<string | null>(null);
  const at = months.findIndex(({ month }) => month === picked);
  const chosen = at === -1 ? months.length - 1 : at;
  const month = months[chosen];
  if (month === undefined) return null;
  const shared = {
    currency,
    height_px: HEIGHT_PX,
    names: months.map((one) => formatMonth(one.month, "short")),
    chosen,
    onChoose: (place: number) => setPicked(months[place]?.month ?? null),
  };
  return (
    <>
      <Readout month={month} />
      <div className={classes.charts}>
        <figure className={classes.chart}>
          <figcaption>{t("months.mrr")}</figcaption>
          <AreaChart
            {...shared}
            label={t("months.mrr.label")}
            values={months.map((one) => sizeOf(one.closing))}
            told={months.map((one) => toldMrr(t, one))}
          />
        </figure>
        <figure className={classes.chart}>
          <figcaption>{t("months.changes")}</figcaption>
          <StackedBars
            {...shared}
            label={t("months.changes.label")}
            parts={PARTS.map((id) => ({ id, values: months.map((one) => sizeOf(one[id])) }))}
            told={months.map((one) => toldChanges(t, one))}
            onOpen={(place) => {
              const opened = months[place];
              if (opened !== undefined) openMonth(opened.month);
            }}
          />
        </figure>
      </div>
    </>
  );
}

/** The month that is pointed at, with its amounts. It is the legend of the bars too. */
function Readout({ month }: { month: MonthFigures }) {
  const t = useWords();
  return (
    <dl className={classes.readout}>
      <div className={classes.pointed}>
        <dt>{formatMonth(month.month)}</dt>
        <dd>
          <Money value={month.closing} />
        </dd>
      </div>
      {PARTS.map((part) => (
        <div key={part}>
          <dt>
            <span className={chart.swatch} data-part={part} aria-hidden />
            {t(`months.part.${part}`)}
          </dt>
          <dd>{formatChange(month[part])}</dd>
        </div>
      ))}
    </dl>
  );
}

const toldMrr = (t: Words, { month, closing }: MonthFigures) =>
  t("months.told", { month: formatMonth(month), mrr: formatMoney(closing) });

function toldChanges(t: Words, month: MonthFigures): string {
  const parts = PARTS.map((part) => `${t(`months.part.${part}`)} ${formatChange(month[part])}`);
  return t("months.toldChanges", { month: formatMonth(month.month), parts: parts.join(", ") });
}
