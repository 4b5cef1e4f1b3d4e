import { formatChange, formatMonth } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { MonthFigures } from "../../ipc/backend";
import { Money } from "../../kit/Money";
import { WideTable } from "../../kit/WideTable";
import { PARTS } from "./MonthCharts";
import classes from "./months.module.css";

/** The same months as numbers, newest first. */
export function MonthTable({ months }: { months: MonthFigures[] }) {
  const t = useWords();
  return (
    <WideTable label={t("months.title")}>
      <table className={classes.months}>
        <thead>
          <tr>
            <th scope="col">{t("months.month")}</th>
            <th scope="col">{t("months.opening")}</th>
            {PARTS.map((part) => (
              <th key={part} scope="col">
                {t(`months.part.${part}`)}
              </th>
            ))}
            <th scope="col">{t("months.closing")}</th>
          </tr>
        </thead>
        <tbody>
          {months.toReversed().map((one) => (
            <tr key={one.month}>
              <th scope="row">{formatMonth(one.month, "short")}</th>
              <td>
                <Money value={one.opening} />
              </td>
              {PARTS.map((part) => (
                <td key={part}>{formatChange(one[part])}</td>
              ))}
              <td className={classes.closing}>
                <Money value={one.closing} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
