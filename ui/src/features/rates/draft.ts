import type { ExchangeRatesInput, ExchangeRatesView } from "../../ipc/backend";

/** One rate as it stands in the form. */
export interface RateDraft {
  /** Names the row, so that it keeps its focus. */
  key: number;
  currency: string | null;
  /** A `YYYY-MM-DD`. */
  day: string;
  rate: string;
}

/** The rates as they stand in the form. */
export interface RatesDraft {
  reporting: string | null;
  rates: RateDraft[];
}

/** What is kept, as a form. */
export const draftOf = ({ reporting, rates }: ExchangeRatesView): RatesDraft => ({
  reporting,
  rates: rates.map(({ currency, since, rate }, key) => ({ key, currency, day: since.slice(0, 10), rate })),
});

/** The form as Rust takes it. A decimal comma is a point; rows without a currency are left out. */
export const inputOf = ({ reporting, rates }: RatesDraft): ExchangeRatesInput => ({
  reporting,
  rates: rates.flatMap(({ currency, day, rate }) =>
    currency === null ? [] : [{ currency, since: day, rate: rate.trim().replace(",", ".") }],
  ),
});

/** The form with one more row, for `currency` where it is known. */
export function withRow(draft: RatesDraft, currency: string | null, day: string): RatesDraft {
  const key = 1 + Math.max(-1, ...draft.rates.map((row) => row.key));
  return { ...draft, rates: [{ key, currency, day, rate: "" }, ...draft.rates] };
}

/** The form with another reporting currency. Rates into the one before mean nothing in it, so they go. */
export const reportedIn = (reporting: string | null, kept: ExchangeRatesView): RatesDraft => ({
  reporting,
  rates: reporting === kept.reporting ? draftOf(kept).rates : [],
});
