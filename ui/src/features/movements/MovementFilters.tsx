import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatMonth } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { MovementKind, MovementQuery } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";

const KINDS: MovementKind[] = [
  "new",
  "reactivation",
  "upgrade",
  "downgrade",
  "churn",
  "plannedCancellation",
  "plannedCancellationWithdrawn",
];
const MONTHS_BACK = 120;

/** Which movements are shown. */
export type Filters = Pick<MovementQuery, "kind" | "currency" | "from" | "to">;
/** All of them. */
export const ALL: Filters = { kind: null, currency: null, from: null, to: null };

interface MovementFiltersProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

/** Narrows the movements by kind, currency and months. */
export function MovementFilters({ filters, onChange }: MovementFiltersProps) {
  const t = useWords();
  const figures = useQuery(queries.companyFigures(useBackend(), null, MONTHS_BACK));
  const currencies = figures.data?.currencies ?? [];
  const known = (figures.data?.months ?? []).map(({ month }) => month);
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  return (
    <>
      <Select
        size="xs"
        w={152}
        clearable
        aria-label={t("movements.kind")}
        placeholder={t("movements.kind.all")}
        value={filters.kind}
        onChange={(kind) => set({ kind: kind as MovementKind | null })}
        data={KINDS.map((value) => ({ value, label: t(`movement.${value}`) }))}
      />
      {currencies.length > 1 && (
        <Select
          size="xs"
          w={124}
          clearable
          aria-label={t("movements.currency")}
          placeholder={t("movements.currency.all")}
          value={filters.currency}
          onChange={(currency) => set({ currency })}
          data={currencies}
        />
      )}
      <MonthSelect
        label={t("movements.from")}
        value={filters.from}
        months={known.filter((month) => filters.to === null || month <= filters.to)}
        onChange={(from) => set({ from })}
      />
      <MonthSelect
        label={t("movements.to")}
        value={filters.to}
        months={known.filter((month) => filters.from === null || month >= filters.from)}
        onChange={(to) => set({ to })}
      />
    </>
  );
}

interface MonthSelectProps {
  label: string;
  value: string | null;
  months: string[];
  onChange: (month: string | null) => void;
}

function MonthSelect({ label, value, months, onChange }: MonthSelectProps) {
  const all = value === null || months.includes(value) ? months : [...months, value];
  return (
    <Select
      size="xs"
      w={124}
      clearable
      searchable
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={onChange}
      data={all.toReversed().map((month) => ({ value: month, label: formatMonth(month) }))}
    />
  );
}
