import { useWords } from "../../i18n/words";
import type { CheckState, KeyDifference } from "../../ipc/backend";
import { Fold } from "../../kit/Fold";
import classes from "./keys.module.css";

/** What both keys can do, row by row: where they differ first, what is the same folded away. */
export function KeyComparison({ rows }: { rows: KeyDifference[] }) {
  const t = useWords();
  const differing = rows.filter((row) => row.old.kind !== row.new.kind);
  const same = rows.filter((row) => row.old.kind === row.new.kind);
  return (
    <>
      {differing.length > 0 && <Rows rows={differing} />}
      {same.length > 0 && (
        <Fold title={t("rotate.sameRows", { count: same.length })}>
          <Rows rows={same} />
        </Fold>
      )}
    </>
  );
}

function Rows({ rows }: { rows: KeyDifference[] }) {
  const t = useWords();
  return (
    <table className={classes.comparison}>
      <thead>
        <tr>
          <th scope="col">{t("rotate.row")}</th>
          <th scope="col">{t("rotate.old")}</th>
          <th scope="col">{t("rotate.new")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-lost={isLost(row) || undefined}>
            <th scope="row">
              {row.name} <span className={classes.aside}>{t(`level.${row.level}`)}</span>
            </th>
            <State state={row.old} />
            <State state={row.new} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const isLost = (row: KeyDifference) => row.old.kind === "held" && row.new.kind !== "held";

function State({ state }: { state: CheckState }) {
  const t = useWords();
  return <td data-state={state.kind}>{t(`check.${state.kind}`)}</td>;
}
