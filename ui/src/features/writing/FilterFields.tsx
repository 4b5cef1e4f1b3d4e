import { MultiSelect, Switch, TagsInput, TextInput } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { Filters, MetadataCondition, MetadataKey } from "../../ipc/backend";
import { nameOf } from "./metadataName";
import classes from "./writing.module.css";

const STATUSES = ["active", "trialing", "past_due", "unpaid", "paused", "incomplete", "canceled"] as const;

interface FilterFieldsProps {
  filters: Filters;
  keys: MetadataKey[];
  /** Whether what stands for the least MRR is no amount. */
  wrongAmount: boolean;
  onChange: (filters: Filters) => void;
}

/** Which subscriptions get records. What was written before a filter was set stays up to date. */
export function FilterFields({ filters, keys, wrongAmount, onChange }: FilterFieldsProps) {
  const t = useWords();
  const set = (changed: Partial<Filters>) => onChange({ ...filters, ...changed });
  const ids = (label: "products" | "prices" | "currencies") => (
    <TagsInput
      label={t(`filters.${label}`)}
      placeholder={filters[label].length === 0 ? t(`filters.${label}.all`) : undefined}
      splitChars={[",", " "]}
      value={filters[label]}
      onChange={(value) =>
        set({ [label]: value.map((text) => (label === "currencies" ? text.toLowerCase() : text)) })
      }
      acceptValueOnBlur
    />
  );
  return (
    <div className={classes.fields}>
      <Switch
        label={t("filters.excludeTrials")}
        checked={filters.excludeTrials}
        onChange={(event) => set({ excludeTrials: event.currentTarget.checked })}
      />
      <Switch
        label={t("filters.excludeFree")}
        checked={filters.excludeFree}
        onChange={(event) => set({ excludeFree: event.currentTarget.checked })}
      />
      <MultiSelect
        label={t("filters.statuses")}
        placeholder={filters.statuses.length === 0 ? t("filters.statuses.all") : undefined}
        value={filters.statuses}
        onChange={(statuses) => set({ statuses })}
        data={STATUSES.map((value) => ({ value, label: t(`stripeStatus.${value}`) }))}
      />
      {ids("products")}
      {ids("prices")}
      {ids("currencies")}
      <TextInput
        label={t("filters.minimumMrr")}
        description={t("filters.minimumMrr.text")}
        inputMode="decimal"
        error={wrongAmount && t("filters.minimumMrr.wrong")}
        value={filters.minimumMrr ?? ""}
        onChange={(event) => set({ minimumMrr: event.currentTarget.value || null })}
      />
      <Conditions conditions={filters.metadata} keys={keys} onChange={(metadata) => set({ metadata })} />
    </div>
  );
}

interface ConditionsProps {
  conditions: MetadataCondition[];
  keys: MetadataKey[];
  onChange: (conditions: MetadataCondition[]) => void;
}

/** What metadata must say. Conditions stay when their key is not found in Stripe, or not read yet. */
function Conditions({ conditions, keys, onChange }: ConditionsProps) {
  const t = useWords();
  const labelOf = ({ owner, key }: Pick<MetadataKey, "owner" | "key">) =>
    t("metadata.of", { key, owner: t(`metadataOwner.${owner}`) });
  const found = new Set(keys.map(nameOf));
  const choices = [...keys, ...conditions.filter((condition) => !found.has(nameOf(condition)))];
  const pick = (names: string[]) => {
    const others = choices.filter((choice) => !conditions.some((one) => nameOf(one) === nameOf(choice)));
    const fresh = others.map(({ owner, key }) => ({ owner, key, value: null }));
    onChange([...conditions, ...fresh].filter((condition) => names.includes(nameOf(condition))));
  };
  return (
    <>
      <MultiSelect
        label={t("filters.metadata")}
        description={t("filters.metadata.text")}
        placeholder={conditions.length === 0 ? t("filters.metadata.all") : undefined}
        nothingFoundMessage={t("metadata.none")}
        searchable
        value={conditions.map(nameOf)}
        onChange={pick}
        data={choices.map((choice) => ({ value: nameOf(choice), label: labelOf(choice) }))}
      />
      {conditions.map((condition) => (
        <TextInput
          key={nameOf(condition)}
          label={t("filters.metadata.value", { name: labelOf(condition) })}
          placeholder={t("filters.metadata.anyValue")}
          value={condition.value ?? ""}
          onChange={(event) => {
            const value = event.currentTarget.value || null;
            onChange(conditions.map((one) => (one === condition ? { ...one, value } : one)));
          }}
        />
      ))}
    </>
  );
}
