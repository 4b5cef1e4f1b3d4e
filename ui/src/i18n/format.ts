import type { Money } from "../ipc/backend";

/** The user's locale, for numbers and times. A system without one calls it `C`, which is no language tag. */
export const LOCALE = usableLocale(typeof navigator === "undefined" ? [] : navigator.languages);

/** The first tag that formats can be made for, else English. */
export function usableLocale(tags: readonly string[]): string {
  return tags.find(isLanguageTag) ?? "en";
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Money as the locale writes it, with exactly the decimals that Rust gave. The digits never become a number. */
export function formatMoney(money: Money, locale: string = LOCALE): string {
  return moneyFormat(money, locale, "auto").format(money.decimal as Intl.StringNumericLiteral);
}

/** A change of money, with its sign in front; nothing stands before nought. */
export function formatChange(money: Money, locale: string = LOCALE): string {
  return moneyFormat(money, locale, "exceptZero").format(money.decimal as Intl.StringNumericLiteral);
}

function moneyFormat({ decimal, currency }: Money, locale: string, signDisplay: "auto" | "exceptZero") {
  const decimals = decimal.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    signDisplay,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** A rounded amount for an axis, such as "€40K". */
export function formatAxisMoney(value: number, currency: string, locale: string = LOCALE): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    notation: "compact",
    minimumFractionDigits: 0,
    maximumFractionDigits: 1,
  }).format(value);
}

/** A ratio as a percentage, such as "108.3 %" for `1.083`. */
export function formatPercent(ratio: string, decimals = 1, locale: string = LOCALE): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: decimals }).format(
    ratio as Intl.StringNumericLiteral,
  );
}

/** A plain number, or decimal text, as the locale writes it; text that is no number stays as it is. */
export function formatNumber(value: number | string, locale: string = LOCALE): string {
  if (typeof value === "number") return new Intl.NumberFormat(locale).format(value);
  if (!/^-?\d+(\.\d+)?$/.test(value)) return value;
  const decimals = value.split(".")[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, { minimumFractionDigits: decimals }).format(
    value as Intl.StringNumericLiteral,
  );
}

/** The distance from `now` in the largest fitting unit, such as "4 minutes ago" or "in 1 hour". */
export function formatRelative(
  at: Date,
  now: Date,
  style: "long" | "short" = "long",
  locale: string = LOCALE,
): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style });
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size < MINUTE_S) return seconds > 0 ? format.format(1, "minute") : format.format(0, "second");
  if (size < HOUR_S) return format.format(Math.trunc(seconds / MINUTE_S), "minute");
  if (size < DAY_S) return format.format(Math.trunc(seconds / HOUR_S), "hour");
  if (size < 30 * DAY_S) return format.format(Math.trunc(seconds / DAY_S), "day");
  return formatDate(at, locale);
}

/** A day, such as "12 May 2026". */
export function formatDate(at: Date, locale: string = LOCALE, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone }).format(at);
}

/** A day with its time, to the second. */
export function formatExact(at: Date, locale: string = LOCALE): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** A time of day, such as "14:30". */
export function formatTime(at: Date, locale: string = LOCALE): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(at);
}

/** A `YYYY-MM-DD` as the locale writes a day, whatever the time zone. */
export function formatDay(day: string, locale: string = LOCALE): string {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : formatDate(at, locale, "UTC");
}

/** How long something took, in the largest fitting unit, such as "12 sec". */
export function formatDuration(from: Date, to: Date, locale: string = LOCALE): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
  const [value, unit] =
    seconds < MINUTE_S
      ? [seconds, "second"]
      : seconds < HOUR_S
        ? [Math.round(seconds / MINUTE_S), "minute"]
        : [Math.round(seconds / HOUR_S), "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit: unit as string, unitDisplay: "short" }).format(
    value as number,
  );
}

/** A `YYYY-MM` as the locale writes a month, such as "May 2026", or "May 26" in short. */
export function formatMonth(
  month: string,
  length: "long" | "short" = "long",
  locale: string = LOCALE,
): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return month;
  return new Intl.DateTimeFormat(locale, {
    month: length === "long" ? "long" : "short",
    year: length === "long" ? "numeric" : "2-digit",
    timeZone: "UTC",
  }).format(at);
}

/** The name of a currency, such as "Euro"; a code nobody knows stays as it is. */
export function currencyName(code: string, locale: string = LOCALE): string {
  return new Intl.DisplayNames(locale, { type: "currency", fallback: "code" }).of(code) ?? code;
}
