import { Drawer } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { PlanRow } from "../../ipc/backend";
import { Id } from "../../kit/CopyButton";
import { FieldChanges } from "../../kit/FieldChanges";
import { whySkipped } from "../../kit/whySkipped";
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
        {row.skip !== null && <p className={classes.muted}>{whySkipped(t, row.skip, row.otherAccount)}</p>}
      </div>
      {row.changes.length > 0 && <FieldChanges changes={row.changes} />}
      {row.hubspotId !== null && (
        <p className={classes.muted}>
          {t("record.hubspotId")} <Id value={row.hubspotId} />
        </p>
      )}
    </div>
  );
}
