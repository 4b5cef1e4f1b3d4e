import { Fragment, useState } from "react";
import { formatDate, formatMoney, formatMonth } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { SubscriptionDetail } from "../../ipc/backend";
import { StepChart } from "../../kit/charts/StepChart";
import { sizeOf } from "../../kit/charts/scale";
import { useNow } from "../../kit/Moment";
import { OriginMark } from "../movements/OriginMark";
import { AskButton, type Asking, ThenAndNow } from "./AskedFigure";
import classes from "./subscriptions.module.css";

const HEIGHT_PX = 160;
const idOf = (from: string) => `since ${from}`;

/** MRR from the start until now: as steps over time, and point by point with its reason and its origin. */
export function Timeline({ detail, ...asking }: { detail: SubscriptionDetail } & Asking) {
  const t = useWords();
  const { timeline } = detail;
  if (timeline.length === 0) return null;
  return (
    <section>
      <h4>{t("timeline.title")}</h4>
      {timeline.length > 1 && <Steps detail={detail} {...asking} />}
      <table className={classes.history}>
        <thead>
          <tr>
            <th scope="col">{t("timeline.since")}</th>
            <th scope="col" className={classes.number}>
              {t("subscriptions.column.mrr")}
            </th>
            <th scope="col">{t("timeline.reason")}</th>
            <th scope="col">{t("movements.column.origin")}</th>
          </tr>
        </thead>
        <tbody>
          {timeline.toReversed().map(({ from, mrr, standing, origin }) => (
            <Fragment key={from}>
              <tr data-asked={asking.asked?.id === idOf(from) || undefined}>
                <td>{formatDate(new Date(from))}</td>
                <td className={classes.number}>
                  <AskButton figure={{ id: idOf(from), at: from }} value={mrr} {...asking} />
                </td>
                <td>{t(`standing.${standing}`)}</td>
                <td>
                  <OriginMark origin={origin} />
                </td>
              </tr>
              {asking.asked?.id === idOf(from) && (
                <tr className={classes.answer}>
                  <td colSpan={4}>
                    <ThenAndNow detail={detail} at={from} origin={origin} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Steps({ detail: { timeline, row }, asked, ask }: { detail: SubscriptionDetail } & Asking) {
  const t = useWords();
  const now = useNow();
  const [pointed, setPointed] = useState(timeline.length - 1);
  const asking = timeline.findIndex(({ from }) => asked?.id === idOf(from));
  const chosen = Math.min(asking === -1 ? pointed : asking, timeline.length - 1);
  const days = timeline.map(({ from }) => formatDate(new Date(from)));
  const point = timeline[chosen];
  return (
    <figure className={classes.steps}>
      <figcaption>
        {point && t("timeline.told", { day: days[chosen] ?? "", mrr: formatMoney(point.mrr) })}
      </figcaption>
      <StepChart
        label={t("timeline.label")}
        currency={row.mrr.currency}
        height_px={HEIGHT_PX}
        values={timeline.map(({ mrr }) => sizeOf(mrr))}
        starts_ms={timeline.map(({ from }) => Date.parse(from))}
        until_ms={now.getTime()}
        names={timeline.map(({ from }) => formatMonth(from.slice(0, 7), "short"))}
        told={timeline.map(({ mrr }, place) =>
          t("timeline.told", { day: days[place] ?? "", mrr: formatMoney(mrr) }),
        )}
        chosen={chosen}
        onChoose={setPointed}
        onOpen={(place) => {
          const opened = timeline[place];
          if (opened !== undefined) ask({ id: idOf(opened.from), at: opened.from });
        }}
      />
    </figure>
  );
}
