import type {
  CauseCode,
  ChangeType,
  CohortRow,
  CompanyFigures,
  Money,
  MonthFigures,
  MovementKind,
  MovementRow,
  OriginView,
  Renewal,
  SubscriptionRow,
  TimelinePoint,
} from "../../src/ipc/backend";
import { minutesAgo, NOW } from "./data";

const DAY_MIN = 24 * 60;
const DECIMALS: Record<string, number> = { JPY: 0, BHD: 3 };
/** What one euro buys of a currency, for figures of a likely size. */
const SIZE: Record<string, number> = { EUR: 100, USD: 110, GBP: 85, JPY: 160, SEK: 1_100 };

/** Minor units as money. */
export function money(minor: number, currency: string): Money {
  const places = DECIMALS[currency] ?? 2;
  const sign = minor < 0 ? "-" : "";
  const digits = String(Math.abs(Math.round(minor))).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  return { decimal: places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-places)}`, currency };
}

/** Numbers from 0 to 1 that are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const monthAgo = (months: number) =>
  new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() - months, 1)).toISOString().slice(0, 7);

/** Months that follow from one another: opening and all movements make the closing. */
function monthsOf(currency: string, count: number, converted: boolean): MonthFigures[] {
  const next = chance(count * 7 + currency.charCodeAt(0));
  const size = SIZE[currency] ?? 100;
  let opening = 18_000 * size;
  return Array.from({ length: count }, (_, index) => {
    const part = (share: number) => Math.round(opening * share * (0.4 + next()));
    const bad = index % 9 === 5 ? 3.2 : 1;
    const parts = {
      new: part(0.042),
      reactivation: part(0.004),
      expansion: part(0.021),
      contraction: -part(0.008 * bad),
      churn: -part(0.017 * bad),
      exchange: converted ? Math.round(opening * 0.012 * (next() - 0.5)) : 0,
    };
    const closing = opening + Object.values(parts).reduce((sum, one) => sum + one, 0);
    const named = Object.fromEntries(
      Object.entries({ opening, ...parts, closing }).map(([name, minor]) => [name, money(minor, currency)]),
    );
    opening = closing;
    return { month: monthAgo(count - 1 - index), ...named } as MonthFigures;
  });
}

function cohortsOf(currency: string, count: number): CohortRow[] {
  const next = chance(count + 3);
  return Array.from({ length: count }, (_, index) => {
    const first = Math.round((900 + next() * 2_400) * (SIZE[currency] ?? 100));
    let share = 1;
    const kept = Array.from({ length: count - index }, (__, month) => {
      share = month === 0 ? 1 : share * (0.93 + next() * 0.09);
      return share.toFixed(4);
    });
    return {
      month: monthAgo(count - 1 - index),
      customers: 6 + Math.floor(next() * 24),
      mrr: kept.map((one) => money(first * Number(one), currency)),
      kept,
    };
  });
}

const renewalsOf = (rows: SubscriptionRow[]): Renewal[] =>
  rows
    .filter((row) => row.status === "active" && row.renewsAt !== null && row.cancelsAt === null)
    .map((row) => ({
      at: row.renewsAt as string,
      subscription: row.id,
      customer: row.customer,
      mrr: row.mrr,
    }))
    .sort((a, b) => a.at.localeCompare(b.at))
    .slice(0, 200);

/** The company's figures over so many months, in one of its currencies. */
export function companyFigures(
  rows: SubscriptionRow[],
  currency: string | null,
  months: number,
  known: number,
): CompanyFigures {
  const shown = currency ?? "EUR";
  const converted = shown === "EUR";
  const list = monthsOf(shown, known, converted).slice(-months);
  const last = list.at(-1) as MonthFigures;
  const minor = Math.round(Number(last.closing.decimal) * 10 ** (DECIMALS[shown] ?? 2));
  const opened = Math.round(Number(last.opening.decimal) * 10 ** (DECIMALS[shown] ?? 2));
  return {
    currency: shown,
    currencies: ["EUR", "USD", "JPY"],
    reporting: "EUR",
    converted,
    withoutRate: converted ? ["JPY"] : [],
    mrr: last.closing,
    arr: money(minor * 12, shown),
    changeThisMonth: money(minor - opened, shown),
    committed: money(minor * 0.968, shown),
    atRisk: money(minor * 0.044, shown),
    netRetention: "1.083",
    grossRetention: "0.9114",
    churnRate: "0.0172",
    quickRatio: shown === "JPY" ? null : "3.4",
    months: list,
    exactShare: "0.873",
    renewals: renewalsOf(rows).filter((one) => converted || one.mrr.currency === shown),
    cohorts: cohortsOf(shown, Math.min(24, list.length)),
  };
}

const LIFE: [kind: MovementKind, change: ChangeType][] = [
  ["new", "plan"],
  ["upgrade", "quantity"],
  ["downgrade", "price"],
  ["upgrade", "plan"],
  ["churn", "cancellation"],
  ["reactivation", "plan"],
  ["plannedCancellation", "cancellation"],
  ["plannedCancellationWithdrawn", "cancellation"],
];
const ORIGINS: OriginView[] = [
  { kind: "event", exact: true, id: "evt_1QhZ6uL8qWm31vdK" },
  { kind: "dates", exact: true, id: null },
  { kind: "invoice", exact: false, id: "in_1QhZ6uL8qWm31vdK" },
  { kind: "event", exact: true, id: "evt_1QhZ6uL8qWm31vdZ" },
];
const at = <T>(of: readonly T[], index: number): T => of[index % of.length] as T;

function movement(row: SubscriptionRow, index: number): MovementRow {
  const [kind, changeType] = at(LIFE, (index * 5 + Math.floor(index / 8)) % LIFE.length);
  const { currency } = row.mrr;
  const size = (SIZE[currency] ?? 100) * (12 + ((index * 37) % 480));
  const before = kind === "new" || kind === "reactivation" ? 0 : size;
  const after =
    kind === "churn"
      ? 0
      : kind === "upgrade"
        ? Math.round(size * 1.25)
        : kind === "downgrade"
          ? Math.round(size * 0.7)
          : size;
  return {
    id: `mv_${index}`,
    subscription: row.id,
    customerId: "cus_QhZ6uL8qWm31vd",
    customer: row.customer,
    plans: row.plans,
    at: minutesAgo(190 + index * 613),
    kind,
    changeType,
    before: money(before, currency),
    after: money(after, currency),
    change: money(after - before, currency),
    effective: kind === "plannedCancellation" ? minutesAgo(-(18 + (index % 9)) * DAY_MIN) : null,
    origin: at(ORIGINS, index),
  };
}

/** So many movements of these subscriptions, newest first. */
export const movements = (rows: SubscriptionRow[], count: number): MovementRow[] =>
  rows.length === 0 ? [] : Array.from({ length: count }, (_, index) => movement(at(rows, index * 3), index));

const point = (
  days: number,
  minor: number,
  standing: TimelinePoint["standing"],
  origin: OriginView,
  currency: string,
): TimelinePoint => ({ from: minutesAgo(days * DAY_MIN), mrr: money(minor, currency), standing, origin });
const [FROM_EVENT, FROM_DATES, FROM_INVOICE] = ORIGINS as [OriginView, OriginView, OriginView];

/** The life of one subscription: a trial, upgrades, a downgrade, and where it stands now. */
export function timelineOf({ mrr: { currency, decimal }, status }: SubscriptionRow): TimelinePoint[] {
  const now = Math.round(Number(decimal) * 10 ** (DECIMALS[currency] ?? 2));
  const scale = now === 0 ? 9_900 : now;
  const present: OriginView = { kind: "present", exact: true, id: null };
  return [
    point(514, 0, "inTrial", FROM_INVOICE, currency),
    point(500, Math.round(scale * 0.48), "counts", FROM_INVOICE, currency),
    point(392, Math.round(scale * 0.72), "counts", FROM_INVOICE, currency),
    point(301, 0, "ended", FROM_DATES, currency),
    point(254, Math.round(scale * 0.8), "counts", FROM_EVENT, currency),
    point(96, Math.round(scale * 1.12), "counts", FROM_EVENT, currency),
    point(11, now, status === "canceled" ? "ended" : "counts", present, currency),
  ];
}

/** The movements that the life above makes, newest first. */
export function movementsOf(row: SubscriptionRow): MovementRow[] {
  const points = timelineOf(row);
  const kinds: [MovementKind, ChangeType][] = [
    ["new", "plan"],
    ["upgrade", "quantity"],
    ["churn", "cancellation"],
    ["reactivation", "plan"],
    ["upgrade", "plan"],
    ["downgrade", "price"],
  ];
  const minor = (value: Money) => Math.round(Number(value.decimal) * 10 ** (DECIMALS[value.currency] ?? 2));
  return kinds
    .map(([kind, changeType], index): MovementRow => {
      const before = points[index] as TimelinePoint;
      const after = points[index + 1] as TimelinePoint;
      return {
        ...movement(row, index),
        id: `own_${index}`,
        subscription: row.id,
        at: after.from,
        kind,
        changeType,
        before: before.mrr,
        after: after.mrr,
        change: money(minor(after.mrr) - minor(before.mrr), row.mrr.currency),
        effective: null,
        origin: after.origin.kind === "present" ? FROM_EVENT : after.origin,
      };
    })
    .reverse();
}

/** Every cause there is, in the order of a bridge. */
export const CAUSES: CauseCode[] = [
  "discounts",
  "cancellationTiming",
  "pastDue",
  "statuses",
  "pauses",
  "metered",
  "firstPayment",
  "factors",
  "rounding",
];
