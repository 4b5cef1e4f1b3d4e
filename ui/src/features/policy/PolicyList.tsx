import { Badge, Radio } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { PolicyChoices, PolicyId } from "../../ipc/backend";
import classes from "./policy.module.css";

interface PolicyListProps {
  choices: PolicyChoices;
  chosen: PolicyId;
  onChoose: (id: PolicyId) => void;
}

/** The rules to choose from: those that come with ClearSync, and the user's own. */
export function PolicyList({ choices: { presets, active }, chosen, onChoose }: PolicyListProps) {
  const t = useWords();
  const ids: PolicyId[] = [...presets.map(({ id }) => id), "own"];
  return (
    <Radio.Group
      className={classes.policies}
      aria-label={t("policy.title")}
      value={chosen}
      onChange={(id) => onChoose(id as PolicyId)}
    >
      {ids.map((id) => (
        <Radio
          key={id}
          value={id}
          className={classes.policy}
          label={
            <>
              {t(`policy.${id}`)}
              {id === active.id && (
                <Badge className={classes.active} variant="transparent" size="sm" radius="sm">
                  {t("policy.active")}
                </Badge>
              )}
            </>
          }
          description={t(`policy.${id}.text`)}
        />
      ))}
    </Radio.Group>
  );
}
