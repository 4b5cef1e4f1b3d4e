import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import classes from "./rates.module.css";

interface MissingRatesProps {
  currencies: string[];
  onAdd: (currency: string) => void;
}

/** Currencies with MRR that are left out of the figures for want of a rate. */
export function MissingRates({ currencies, onAdd }: MissingRatesProps) {
  const t = useWords();
  if (currencies.length === 0) return null;
  return (
    <ul className={classes.missing}>
      {currencies.map((currency) => (
        <li key={currency}>
          <IconAlertTriangle size={16} aria-hidden />
          <span>{t("rates.missing", { currency })}</span>
          <Button variant="default" size="xs" onClick={() => onAdd(currency)}>
            {t("rates.missing.add", { currency })}
          </Button>
        </li>
      ))}
    </ul>
  );
}
