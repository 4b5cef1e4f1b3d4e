import { ActionIcon, Select, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useWords } from "../../i18n/words";
import type { Problem } from "../../ipc/backend";
import { CURRENCIES } from "./currencies";
import type { RateDraft, RatesDraft } from "./draft";
import classes from "./rates.module.css";

interface RatesTableProps {
  draft: RatesDraft;
  reporting: string;
  /** What is wrong with the rate of the currency it names. */
  problem: Problem | null;
  onChange: (rates: RateDraft[]) => void;
}

/** The rates, each from a day on, to be changed in place. */
export function RatesTable({ draft: { rates }, reporting, problem, onChange }: RatesTableProps) {
  const t = useWords();
  const { table, removed } = useFocusKept(rates);
  if (rates.length === 0) return <p className={classes.muted}>{t("rates.none", { reporting })}</p>;
  return (
    <table ref={table} className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t("rates.currency")}</th>
          <th scope="col">{t("rates.since")}</th>
          <th scope="col">{t("rates.rate", { reporting })}</th>
          <th scope="col">
            <span className="visuallyHidden">{t("rates.remove")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rates.map((row, index) => (
          <RateLine
            key={row.key}
            row={row}
            reporting={reporting}
            problem={problem?.params.currency === row.currency ? problem : null}
            onChange={(change) =>
              onChange(rates.map((one) => (one.key === row.key ? { ...one, ...change } : one)))
            }
            onRemove={() => {
              removed.current = index;
              onChange(rates.filter(({ key }) => key !== row.key));
            }}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RateLineProps {
  row: RateDraft;
  reporting: string;
  problem: Problem | null;
  onChange: (change: Partial<RateDraft>) => void;
  onRemove: () => void;
}

function RateLine({ row, reporting, problem, onChange, onRemove }: RateLineProps) {
  const t = useWords();
  const of = { currency: row.currency ?? t("rates.newRow") };
  return (
    <tr>
      <td>
        <Select
          size="xs"
          searchable
          allowDeselect={false}
          aria-label={t("rates.currency")}
          placeholder={t("rates.currency.choose")}
          nothingFoundMessage={t("rates.currency.unknown")}
          value={row.currency}
          onChange={(currency) => onChange({ currency })}
          data={CURRENCIES.filter(({ value }) => value !== reporting)}
        />
      </td>
      <td>
        <TextInput
          size="xs"
          type="date"
          aria-label={t("rates.since.of", of)}
          value={row.day}
          onChange={(event) => onChange({ day: event.currentTarget.value })}
        />
      </td>
      <td>
        <TextInput
          size="xs"
          inputMode="decimal"
          aria-label={t("rates.rate.of", { ...of, reporting })}
          classNames={{ input: classes.rate }}
          value={row.rate}
          error={problem && t(`problem.${problem.code}.text`, problem.params)}
          onChange={(event) => onChange({ rate: event.currentTarget.value })}
        />
      </td>
      <td>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={28}
          aria-label={t("rates.remove.of", of)}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </td>
    </tr>
  );
}

/** Moves the focus into a row that was added, which stands first, and to the neighbour of one that was removed. */
function useFocusKept(rates: RateDraft[]) {
  const table = useRef<HTMLTableElement>(null);
  const count = useRef(rates.length);
  const removed = useRef<number | null>(null);
  useEffect(() => {
    const rows = table.current?.tBodies[0]?.rows;
    if (rows === undefined) return;
    if (removed.current !== null) focusIn(rows[Math.min(removed.current, rows.length - 1)], "button");
    else if (rates.length > count.current)
      focusIn(rows[0], rates[0]?.currency === null ? "input" : "input[inputmode]");
    count.current = rates.length;
    removed.current = null;
  }, [rates]);
  return { table, removed };
}

const focusIn = (row: HTMLTableRowElement | undefined, what: string) =>
  row?.querySelector<HTMLElement>(what)?.focus();
