import type { CountedStatus, PolicySwitches } from "../../ipc/backend";

/** A switch that is one of several words. */
export type ChoiceSwitch = Exclude<
  keyof PolicySwitches,
  "counted" | "groupingWindowMin" | "migrationWindowDays"
>;

/** The words of each switch, the order of the page. */
export const CHOICES: { [Name in ChoiceSwitch]: PolicySwitches[Name][] } = {
  discounts: ["none", "forever", "recurring", "all"],
  cancellation: ["atRequest", "atPeriodEnd", "atStatusChange"],
  pause: ["counts", "zero"],
  metered: ["off", "lastPeriod", "meanOfLastThree"],
  firstInvoice: ["whenOpened", "whenPaid"],
  grain: ["subscription", "customer", "company"],
  toZero: ["downgrade", "churn"],
  returning: ["reactivation", "new"],
  exchange: ["atMovement", "monthEnd", "fixed"],
  factors: ["calendar", "commercial"],
};

/** Stripe's statuses that may count, in the order of the page. */
export const COUNTABLE: CountedStatus[] = [
  "active",
  "past_due",
  "unpaid",
  "trialing",
  "paused",
  "incomplete",
];

/** Minutes of one customer's activity that may be told as one movement. */
export const GROUPING_MIN = [0, 60, 1440];

/** Days within which a new subscription may continue one that ended; `null` never joins. */
export const MIGRATION_DAYS = [null, 1, 7, 14, 30];

/** Whether two sets of rules are the same. */
export function sameSwitches(one: PolicySwitches, other: PolicySwitches): boolean {
  const names = Object.keys(one) as (keyof PolicySwitches)[];
  return names.every(
    (name) => JSON.stringify(comparable(one[name])) === JSON.stringify(comparable(other[name])),
  );
}

const comparable = (value: unknown) => (Array.isArray(value) ? value.toSorted() : value);
