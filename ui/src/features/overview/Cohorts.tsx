import { formatMoney, formatMonth, formatPercent } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { CohortRow } from "../../ipc/backend";
import { WideTable } from "../../kit/WideTable";
import classes from "./cohorts.module.css";

/** How much of their first month's MRR the customers of each month have kept, month after month. */
export function Cohorts({ rows }: { rows: CohortRow[] }) {
  const t = useWords();
  const columns = (longest(rows)?.kept ?? []).map((_, month) => month).slice(1);
  if (columns.length === 0) return null;
  return (
    <section>
      <h2>{t("cohorts.title")}</h2>
      <p className={classes.text}>{t("cohorts.text")}</p>
      <WideTable label={t("cohorts.title")}>
        <table className={classes.cohorts}>
          <thead>
            <tr>
              <th scope="col">{t("cohorts.began")}</th>
              <th scope="col">{t("cohorts.customers")}</th>
              <th scope="col">{t("cohorts.mrr")}</th>
              {columns.map((month) => (
                <th key={month} scope="col" aria-label={t("cohorts.after", { count: month })}>
                  {t("cohorts.month", { month })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.month}>
                <th scope="row">{formatMonth(row.month, "short")}</th>
                <td>{t("progress.done", { done: row.customers })}</td>
                <td>{row.mrr[0] && formatMoney(row.mrr[0])}</td>
                {columns.map((month) => (
                  <Kept key={month} share={row.kept[month]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </section>
  );
}

/** Whose column reaches furthest. The first month itself is always whole, so that it has none. */
const longest = (rows: CohortRow[]) => rows.toSorted((a, b) => b.kept.length - a.kept.length)[0];

function Kept({ share }: { share: string | undefined }) {
  if (share === undefined) return <td />;
  return (
    <td className={classes.kept} style={{ "--share": share } as React.CSSProperties}>
      {formatPercent(share, 0)}
    </td>
  );
}
