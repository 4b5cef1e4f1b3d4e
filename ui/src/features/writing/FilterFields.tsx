import { MultiSelect, Switch, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { currencyName, formatNumber } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { FilterChoice, Filters, MetadataCondition, MetadataKey } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
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
  const choices = useQuery(queries.filterChoices(useBackend())).data;
  const named = (label: "products" | "prices") => (
    <MultiSelect
      label={t(`filters.${label}`)}
      placeholder={filters[label].length === 0 ? t(`filters.${label}.all`) : undefined}
      nothingFoundMessage={t("filters.noneFound")}
      searchable
      value={filters[label]}
      onChange={(value) => set({ [label]: value })}
      data={options(choices?.[label] ?? [], filters[label])}
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
      {named("products")}
      {named("prices")}
      <MultiSelect
        label={t("filters.currencies")}
        placeholder={filters.currencies.length === 0 ? t("filters.currencies.all") : undefined}
        nothingFoundMessage={t("filters.noneFound")}
        searchable
        value={filters.currencies}
        onChange={(currencies) => set({ currencies })}
        data={withChosen(choices?.currencies ?? [], filters.currencies).map(({ id }) => ({
          value: id,
          label: currencyLabel(id),
        }))}
      />
      <TextInput
        label={t("filters.minimumMrr")}
        description={t("filters.minimumMrr.text")}
        inputMode="decimal"
        error={wrongAmount && t("filters.minimumMrr.wrong")}
        value={filters.minimumMrr ?? ""}
        onChange={(event) => set({ minimumMrr: event.currentTarget.value || null })}
      />
      <Conditions conditions={filters.metadata} keys={keys} onChange={(metadata) => set({ metadata })} />
      <Effect filters={filters} />
    </div>
  );
}

/** What stands in Stripe, and what is chosen and no longer stands there. */
function withChosen(choices: FilterChoice[], chosen: string[]): FilterChoice[] {
  const gone = chosen.filter((id) => !choices.some((choice) => choice.id === id));
  return [...choices, ...gone.map((id) => ({ id, name: null, uses: 0 }))];
}

/** By name; where two share one, the ids tell them apart. */
function options(choices: FilterChoice[], chosen: string[]) {
  const all = withChosen(choices, chosen);
  const shared = (name: string) => all.filter((choice) => choice.name === name).length > 1;
  return all.map(({ id, name }) => ({
    value: id,
    label: name === null ? id : shared(name) ? `${name} · ${id}` : name,
  }));
}

function currencyLabel(id: string): string {
  const code = id.toUpperCase();
  const name = /^[A-Z]{3}$/.test(code) ? currencyName(code) : code;
  return name === code ? code : `${code} · ${name}`;
}

const COUNT_AFTER_MS = 300;

/** How much is left out, counted a moment after the last change. */
function Effect({ filters }: { filters: Filters }) {
  const t = useWords();
  const backend = useBackend();
  const [settled] = useDebouncedValue(filters, COUNT_AFTER_MS);
  const effect = useQuery({ ...queries.filterEffect(backend, settled), placeholderData: keepPreviousData });
  if (!effect.data) return null;
  const { leftOut, subscriptions } = effect.data;
  return (
    <p className={classes.muted} role="status">
      {leftOut === 0
        ? t("filters.effect.none", { all: formatNumber(subscriptions) })
        : t("filters.effect", { out: formatNumber(leftOut), all: formatNumber(subscriptions) })}
    </p>
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
