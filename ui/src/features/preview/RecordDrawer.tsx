import { Drawer } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { FieldChange, PlanRow } from "../../ipc/backend";
import { Id } from "../../kit/CopyButton";
import { FieldValue } from "./FieldValue";
import classes from "./preview.module.css";

/** One record of the plan, field by field. */
export function RecordDrawer({ row, onClose }: { row: PlanRow | null; onClose: () => void }) {
  const t = useWords();
  return (
    <Drawer
      opened={row !== null}
      onClose={onClose}
      size={640}
      title={row && t(`object.${row.object}`)}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {row && <RecordDetail row={row} />}
    </Drawer>
  );
}

function RecordDetail({ row }: { row: PlanRow }) {
  const t = useWords();
  return (
    <div className={classes.record}>
      <div>
        <h3 className={classes.recordName}>{row.name}</h3>
        {row.action === "create" && <p className={classes.muted}>{t("record.new")}</p>}
        {row.action === "unchanged" && <p className={classes.muted}>{t("record.unchanged")}</p>}
        {row.skip !== null && <p className={classes.muted}>{t(`skip.${row.skip}`)}</p>}
      </div>
      {row.changes.length > 0 && <Fields changes={row.changes} />}
      {row.hubspotId !== null && (
        <p className={classes.muted}>
          {t("record.hubspotId")} <Id value={row.hubspotId} />
        </p>
      )}
    </div>
  );
}

function Fields({ changes }: { changes: FieldChange[] }) {
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
