import { MultiSelect, Select } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useWords, type Words } from "../../i18n/words";
import type { CountedStatus, PolicySwitches } from "../../ipc/backend";
import classes from "./policy.module.css";
import { CHOICES, type ChoiceSwitch, COUNTABLE, GROUPING_MIN, MIGRATION_DAYS } from "./switches";

const NEVER = "never";

interface SwitchesProps {
  switches: PolicySwitches;
  onChange: (switches: PolicySwitches) => void;
}

/** Every question on which ways of counting differ, with its answer. */
export function Switches({ switches, onChange }: SwitchesProps) {
  const t = useWords();
  const set = (change: Partial<PolicySwitches>) => onChange({ ...switches, ...change });
  return (
    <section className={classes.switches} aria-label={t("policy.switches")}>
      <Row name="counted">
        {(label) => (
          <MultiSelect
            {...label}
            size="xs"
            value={switches.counted}
            onChange={(counted) => counted.length > 0 && set({ counted: counted as CountedStatus[] })}
            data={COUNTABLE.map((value) => ({ value, label: t(`stripeStatus.${value}`) }))}
          />
        )}
      </Row>
      {(Object.keys(CHOICES) as ChoiceSwitch[]).map((name) => (
        <Row key={name} name={name}>
          {(label) => (
            <Select
              {...label}
              size="xs"
              allowDeselect={false}
              value={switches[name]}
              onChange={(value) => set({ [name]: value })}
              data={CHOICES[name].map((value) => ({ value, label: choice(t, name, value) }))}
            />
          )}
        </Row>
      ))}
      <Row name="groupingWindowMin">
        {(label) => (
          <Select
            {...label}
            size="xs"
            allowDeselect={false}
            value={String(switches.groupingWindowMin)}
            onChange={(value) => set({ groupingWindowMin: Number(value) })}
            data={withCurrent(GROUPING_MIN, switches.groupingWindowMin).map((minutes) => ({
              value: String(minutes),
              label: minutes === 0 ? t("switch.grouping.off") : t("switch.grouping.on", { count: minutes }),
            }))}
          />
        )}
      </Row>
      <Row name="migrationWindowDays">
        {(label) => (
          <Select
            {...label}
            size="xs"
            allowDeselect={false}
            value={String(switches.migrationWindowDays ?? NEVER)}
            onChange={(value) => set({ migrationWindowDays: value === NEVER ? null : Number(value) })}
            data={withCurrent(MIGRATION_DAYS, switches.migrationWindowDays).map((days) => ({
              value: String(days ?? NEVER),
              label:
                days === null ? t("switch.migration.never") : t("switch.migration.days", { count: days }),
            }))}
          />
        )}
      </Row>
    </section>
  );
}

interface RowProps {
  name: keyof PolicySwitches;
  /** Draws the field, given what names and describes it. */
  children: (label: { "aria-labelledby": string; "aria-describedby": string }) => ReactNode;
}

function Row({ name, children }: RowProps) {
  const t = useWords();
  const id = useId();
  return (
    <div className={classes.switch}>
      <div>
        <p id={id} className={classes.switchName}>
          {t(`switch.${name}`)}
        </p>
        <p id={`${id}text`} className={classes.switchText}>
          {t(`switch.${name}.text`)}
        </p>
      </div>
      {children({ "aria-labelledby": id, "aria-describedby": `${id}text` })}
    </div>
  );
}

const withCurrent = <T,>(known: T[], current: T): T[] =>
  known.includes(current) ? known : [...known, current];

const choice = (t: Words, name: ChoiceSwitch, value: string) => t.find(`switch.${name}.${value}`) ?? value;
