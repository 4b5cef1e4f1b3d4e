import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useWords } from "../i18n/words";
import type { AttentionItem } from "../ipc/backend";
import { queries, useBackend } from "../ipc/queries";
import classes from "./kit.module.css";
import { Moment } from "./Moment";

/** Says which figures stand still, since the key may not read what they are made of. `rows` names those that matter here. */
export function StandsStill({ rows }: { rows?: string[] }) {
  const t = useWords();
  const items = useQuery(queries.attention(useBackend()));
  const missing = (items.data ?? []).filter(
    ({ kind, params }) => kind === "permissionMissing" && (rows?.includes(params.row ?? "") ?? true),
  );
  const text = (item: AttentionItem) => t.find(`standsStill.${item.params.row}`);
  const told = missing.filter((item) => text(item) !== null);
  if (told.length === 0) return null;
  return (
    <div role="status">
      <ul className={classes.still}>
        {told.map((item) => (
          <li key={item.id}>
            <IconAlertTriangle className={classes.warn} size={16} stroke={1.5} aria-hidden />
            <span>
              {text(item)}{" "}
              <span className={classes.small}>{t("standsStill.since", { row: item.subject })}</span>{" "}
              <span className={classes.small}>
                <Moment at={item.since} length="short" />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
