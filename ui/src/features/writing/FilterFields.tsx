import { MultiSelect, Switch, TagsInput, TextInput } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { Filters, MetadataKey } from "../../ipc/backend";
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
      <MultiSelect
        label={t("filters.metadata")}
        description={t("filters.metadata.text")}
        placeholder={filters.metadata.length === 0 ? t("filters.metadata.all") : undefined}
        nothingFoundMessage={t("metadata.none")}
        searchable
        value={filters.metadata.map(nameOf)}
        onChange={(names) =>
          set({
            metadata: keys
              .filter((key) => names.includes(nameOf(key)))
              .map(({ owner, key }) => ({ owner, key, value: null })),
          })
        }
        data={keys.map((key) => ({
          value: nameOf(key),
          label: t("metadata.of", { key: key.key, owner: t(`metadataOwner.${key.owner}`) }),
        }))}
      />
    </div>
  );
}

const nameOf = ({ owner, key }: Pick<MetadataKey, "owner" | "key">) => `${owner} ${key}`;
