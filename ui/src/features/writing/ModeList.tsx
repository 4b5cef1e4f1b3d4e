import { Badge, Radio } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { ModeChoice, WriteMode } from "../../ipc/backend";
import classes from "./writing.module.css";

interface ModeListProps {
  modes: ModeChoice[];
  current: WriteMode;
  chosen: WriteMode;
  onChoose: (mode: WriteMode) => void;
}

/** The ways of writing, with what each makes and whether the portal can have it. */
export function ModeList({ modes, current, chosen, onChoose }: ModeListProps) {
  const t = useWords();
  return (
    <Radio.Group
      className={classes.modes}
      aria-label={t("writing.modes")}
      value={chosen}
      onChange={(mode) => onChoose(mode as WriteMode)}
    >
      {modes.map((choice) => (
        <Radio
          key={choice.mode}
          value={choice.mode}
          className={classes.mode}
          disabled={choice.state !== "available" && choice.mode !== current}
          label={
            <>
              {t(`writeMode.${choice.mode}`)}
              {choice.mode === current && (
                <Badge
                  component="span"
                  className={classes.current}
                  variant="transparent"
                  size="sm"
                  radius="sm"
                >
                  {t("writing.current")}
                </Badge>
              )}
            </>
          }
          description={<About choice={choice} />}
        />
      ))}
    </Radio.Group>
  );
}

function About({ choice: { mode, state, missingScopes, limit } }: { choice: ModeChoice }) {
  const t = useWords();
  return (
    <>
      {t(`writeMode.${mode}.text`)}
      {state !== "available" && (
        <span className={classes.unavailable}>
          {t(`modeState.${state}`, { limit: limit ?? 0, scopes: missingScopes.join(", ") })}
        </span>
      )}
    </>
  );
}
