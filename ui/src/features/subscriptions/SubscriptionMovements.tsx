import { Fragment } from "react";
import { formatDate } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { MovementRow, OriginView, SubscriptionDetail, TimelinePoint } from "../../ipc/backend";
import { Change } from "../../kit/Change";
import { MovementName } from "../movements/MovementName";
import { OriginMark } from "../movements/OriginMark";
import { AskButton, type Asked, type Asking, ThenAndNow } from "./AskedFigure";
import classes from "./subscriptions.module.css";

/** What moved this subscription's MRR, newest first. */
export function SubscriptionMovements({ detail, ...asking }: { detail: SubscriptionDetail } & Asking) {
  const t = useWords();
  const { movements, timeline } = detail;
  if (movements.length === 0) return null;
  return (
    <section>
      <h4>{t("movements.title")}</h4>
      <table className={classes.history}>
        <thead>
          <tr>
            <th scope="col">{t("movements.column.at")}</th>
            <th scope="col">{t("movements.column.kind")}</th>
            <th scope="col" className={classes.number}>
              {t("movements.column.before")}
            </th>
            <th scope="col" className={classes.number}>
              {t("movements.column.after")}
            </th>
            <th scope="col" className={classes.number}>
              {t("movements.column.change")}
            </th>
            <th scope="col">{t("movements.column.origin")}</th>
          </tr>
        </thead>
        <tbody>
          {movements.map((row) => {
            const before = beforeOf(row, timeline);
            const after = { id: `after ${row.id}`, at: row.at, origin: row.origin };
            const open = [before, after].find((figure) => figure.id === asking.asked?.id);
            return (
              <Fragment key={row.id}>
                <tr data-asked={open !== undefined || undefined}>
                  <td>{formatDate(new Date(row.at))}</td>
                  <td>
                    <MovementName kind={row.kind} />
                  </td>
                  <td className={classes.number}>
                    <AskButton figure={before} value={row.before} {...asking} />
                  </td>
                  <td className={classes.number}>
                    <AskButton figure={after} value={row.after} {...asking} />
                  </td>
                  <td className={classes.number}>
                    <Change value={row.change} />
                  </td>
                  <td>
                    <OriginMark origin={row.origin} />
                  </td>
                </tr>
                {open && (
                  <tr className={classes.answer}>
                    <td colSpan={6}>
                      <ThenAndNow detail={detail} at={open.at} origin={open.origin} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** What stood before a movement: the last point of the timeline that began before it. */
function beforeOf(
  { id, at, origin }: MovementRow,
  timeline: TimelinePoint[],
): Asked & { origin: OriginView } {
  const point = timeline.findLast(({ from }) => Date.parse(from) < Date.parse(at));
  return { id: `before ${id}`, at: point?.from ?? at, origin: point?.origin ?? origin };
}
