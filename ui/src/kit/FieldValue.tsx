import { formatDay, formatExact, formatNumber } from "../i18n/format";
import { useWords } from "../i18n/words";
import type { ValueKind } from "../ipc/backend";

/** A value of a HubSpot property, written as the locale writes it. */
export function FieldValue({ value, kind }: { value: string | null; kind: ValueKind }) {
  const t = useWords();
  if (value === null || value === "") return <i>{t("record.empty")}</i>;
  return FORMATS[kind](value);
}

const FORMATS: Record<ValueKind, (value: string) => string> = {
  text: (value) => value,
  number: (value) => formatNumber(value),
  date: (value) => formatDay(value),
  moment: (value) => {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? value : formatExact(at);
  },
};
