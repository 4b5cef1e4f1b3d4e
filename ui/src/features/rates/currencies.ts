import { currencyName } from "../../i18n/format";

/** Every currency there is, by name. */
export const CURRENCIES = Intl.supportedValuesOf("currency").map((code) => ({
  value: code,
  label: `${code} · ${currencyName(code)}`,
}));
