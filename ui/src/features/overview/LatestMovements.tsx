import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigation } from "../../frame/navigation";
import { formatDate } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import { queries, useBackend } from "../../ipc/queries";
import { Change } from "../../kit/Change";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { MovementName } from "../movements/MovementName";
import classes from "./overview.module.css";

const LATEST = 8;

interface LatestMovementsProps {
  /** Only those of this currency; `null` for those of all. */
  currency: string | null;
  onOpen: (subscription: string) => void;
}

/** The last movements of MRR; each opens its subscription. */
export function LatestMovements({ currency, onOpen }: LatestMovementsProps) {
  const t = useWords();
  const { open } = useNavigation();
  const latest = useQuery(queries.latestMovements(useBackend(), currency, LATEST));
  return (
    <section>
      <div className={classes.headingLine}>
        <h2>{t("movements.latest")}</h2>
        <Button variant="subtle" size="xs" onClick={() => open("movements")}>
          {t("movements.all")}
        </Button>
      </div>
      {latest.error && <ProblemNotice problem={latest.error} onTryAgain={() => void latest.refetch()} />}
      {latest.isPending && <RowSkeletons rows={LATEST + 1} />}
      {latest.data && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col" className={classes.day}>
                {t("movements.column.at")}
              </th>
              <th scope="col">{t("movements.column.customer")}</th>
              <th scope="col">{t("movements.column.kind")}</th>
              <th scope="col" className={classes.number}>
                {t("movements.column.change")}
              </th>
              <th scope="col" className={classes.number}>
                {t("movements.column.after")}
              </th>
            </tr>
          </thead>
          <tbody>
            {latest.data.rows.map((row) => (
              <tr key={row.id} onClick={() => onOpen(row.subscription)}>
                <td>{formatDate(new Date(row.at))}</td>
                <td>
                  <button type="button" className={classes.open}>
                    {row.customer}
                  </button>
                </td>
                <td>
                  <MovementName kind={row.kind} />
                </td>
                <td className={classes.number}>
                  <Change value={row.change} />
                </td>
                <td className={classes.number}>
                  <Money value={row.after} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
