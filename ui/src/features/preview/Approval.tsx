import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useWords } from "../../i18n/words";
import type { PlanSummary, RowFilter, RowSelection } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { showProblem } from "../../kit/showProblem";
import { useAction } from "../../kit/useAction";
import classes from "./preview.module.css";
import type { Chosen } from "./useChosen";

interface ApprovalProps {
  summary: PlanSummary;
  chosen: Chosen;
  /** What narrows the table, if anything does. */
  filter: RowFilter | null;
  /** How many rows it shows. */
  shown: number;
}

/** Which rows wait and which are pushed: those that are ticked, else those the table shows, else all. */
export function Approval({ summary, chosen, filter, shown }: ApprovalProps) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const approve = useAction(async (approved: boolean) => {
    try {
      const changed = await backend.approve(selection(chosen, filter), approved);
      cache.setQueryData(queries.planSummary(backend).queryKey, changed);
      await cache.invalidateQueries({ queryKey: ["planRows"] });
      chosen.clear();
    } catch (cause) {
      showProblem(t, cause);
    }
  });
  const ticked = chosen.ids.size;
  const about = ticked > 0 ? "chosen" : filter === null ? "all" : "shown";
  const count = ticked > 0 ? ticked : shown;
  return (
    <div className={classes.approval}>
      <span className={classes.muted}>
        {summary.waiting > 0 ? t("approval.waiting", { count: summary.waiting }) : t("approval.none")}
      </span>
      <Button variant="default" size="xs" disabled={approve.busy} onClick={() => void approve.run(false)}>
        {t(`approval.hold.${about}`, { count })}
      </Button>
      {summary.waiting > 0 && (
        <Button variant="default" size="xs" disabled={approve.busy} onClick={() => void approve.run(true)}>
          {t(`approval.approve.${about}`, { count })}
        </Button>
      )}
      {ticked > 0 && (
        <Button variant="subtle" size="xs" onClick={chosen.clear}>
          {t("approval.clear")}
        </Button>
      )}
    </div>
  );
}

function selection(chosen: Chosen, filter: RowFilter | null): RowSelection {
  if (chosen.ids.size > 0) return { kind: "rows", ids: [...chosen.ids] };
  return filter === null ? { kind: "all" } : { kind: "matching", filter };
}
