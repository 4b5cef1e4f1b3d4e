import { Select } from "@mantine/core";
import { useWords } from "../../i18n/words";
import { CURRENCIES } from "./currencies";
import type { RatesDraft } from "./draft";

interface ReportingCurrencyProps {
  draft: RatesDraft;
  onChange: (currency: string | null) => void;
}

/** The currency into which the others are converted; without one each currency stands alone. */
export function ReportingCurrency({ draft, onChange }: ReportingCurrencyProps) {
  const t = useWords();
  return (
    <Select
      maw={440}
      searchable
      clearable
      label={t("rates.reporting")}
      description={t("rates.reporting.text")}
      placeholder={t("rates.reporting.none")}
      nothingFoundMessage={t("rates.currency.unknown")}
      value={draft.reporting}
      onChange={onChange}
      data={CURRENCIES}
    />
  );
}
