import { useWords } from "../i18n/words";
import type { FieldChange } from "../ipc/backend";
import classes from "./FieldChanges.module.css";
import { FieldValue } from "./FieldValue";

/** What stood in each property of a record, and what stands there afterwards. */
export function FieldChanges({ changes }: { changes: FieldChange[] }) {
  const t = useWords();
  return (
    <table className={classes.fields}>
      <thead>
        <tr>
          <th scope="col">{t("record.property")}</th>
          <th scope="col">{t("record.before")}</th>
          <th scope="col">{t("record.after")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ property, label, before, after, kind }) => (
          <tr key={property}>
            <th scope="row" title={property}>
              {label}
            </th>
            <td className={classes.before}>
              <FieldValue value={before} kind={kind} />
            </td>
            <td className={classes.after}>
              <FieldValue value={after} kind={kind} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The first of the changes on one line. */
export function FirstChange({ change }: { change: FieldChange | undefined }) {
  if (change === undefined) return null;
  return (
    <>
      <span className={classes.before}>
        <FieldValue value={change.before} kind={change.kind} />
      </span>
      <span aria-hidden> → </span>
      <span className={classes.after}>
        <FieldValue value={change.after} kind={change.kind} />
      </span>
    </>
  );
}
