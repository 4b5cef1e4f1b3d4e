import type {
  BridgeView,
  CauseCode,
  ExchangeRatesInput,
  ExchangeRatesView,
  PolicyChoices,
  PolicyId,
  PolicyPreview,
  PolicyPreviewRow,
  PolicySwitches,
  PolicyView,
  Problem,
  ReconcileReport,
  ReconcileRow,
  SubscriptionRow,
} from "../../src/ipc/backend";
import { CAUSES, money } from "./figures";

const CLEARSYNC: PolicySwitches = {
  counted: ["active", "past_due", "unpaid"],
  discounts: "all",
  cancellation: "atStatusChange",
  pause: "counts",
  metered: "off",
  firstInvoice: "whenOpened",
  grain: "subscription",
  groupingWindowMin: 0,
  toZero: "downgrade",
  returning: "reactivation",
  migrationWindowDays: null,
  exchange: "atMovement",
  factors: "calendar",
};
const STRIPE: PolicySwitches = {
  ...CLEARSYNC,
  counted: ["active", "past_due"],
  discounts: "forever",
  cancellation: "atRequest",
  grain: "customer",
  toZero: "churn",
};
const view = (id: PolicyId, switches: PolicySwitches): PolicyView => ({ id, name: id, version: 1, switches });
const PRESETS: PolicyView[] = [
  view("clearsync", CLEARSYNC),
  view("stripe", STRIPE),
  view("stripeAllDiscounts", { ...STRIPE, discounts: "all" }),
  view("chartMogul", {
    ...CLEARSYNC,
    counted: ["active", "past_due"],
    firstInvoice: "whenPaid",
    grain: "customer",
    groupingWindowMin: 60,
  }),
  view("conservative", {
    ...CLEARSYNC,
    counted: ["active"],
    cancellation: "atRequest",
    pause: "zero",
    firstInvoice: "whenPaid",
    toZero: "churn",
  }),
];

/** The presets, with ClearSync's own in force. */
export const policies = (): PolicyChoices => ({
  active: PRESETS[0] as PolicyView,
  presets: PRESETS,
  own: null,
});

/** The choices once one has been made. */
export const chosen = (choices: PolicyChoices, id: PolicyId, switches: PolicySwitches): PolicyChoices => ({
  ...choices,
  active: view(id, switches),
  own: id === "own" ? view(id, switches) : choices.own,
});

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function causesOf(before: PolicySwitches, after: PolicySwitches): CauseCode[] {
  const found: CauseCode[] = [];
  if (before.discounts !== after.discounts) found.push("discounts");
  if (before.cancellation !== after.cancellation) found.push("cancellationTiming");
  if (!same(before.counted, after.counted)) found.push("pastDue");
  if (before.firstInvoice !== after.firstInvoice) found.push("firstPayment");
  if (before.factors !== after.factors) found.push("factors");
  return found;
}

/** What other rules would make of these subscriptions. */
export function policyPreview(
  rows: SubscriptionRow[],
  active: PolicySwitches,
  switches: PolicySwitches,
): PolicyPreview {
  const causes = causesOf(active, switches);
  const touched = causes.length === 0 ? [] : rows.filter((_, index) => index % 3 === 0);
  const changes = touched
    .filter((row) => row.mrr.decimal !== "0" && row.mrr.decimal !== "0.00")
    .map((row, index): PolicyPreviewRow => {
      const { currency, decimal } = row.mrr;
      const scale = currency === "JPY" ? 1 : 100;
      const factor = index % 4 === 1 ? 0 : index % 4 === 3 ? 0.8 : 1.25;
      return {
        subscription: row.id,
        customer: row.customer,
        before: row.mrr,
        after: money(Number(decimal) * scale * factor, currency),
        causes: causes.filter((_, place) => (index + place) % 2 === 0 || place === 0),
      };
    });
  const totals = ["EUR", "USD", "JPY"].map((currency) => {
    const subscriptions = changes.filter((row) => row.before.currency === currency).length;
    const before = currency === "JPY" ? 1_240_000 : currency === "EUR" ? 4_821_000 : 612_400;
    return {
      currency,
      before: money(before, currency),
      after: money(before * (subscriptions === 0 ? 1 : 0.962), currency),
      subscriptions,
    };
  });
  return { totals, rows: changes.slice(0, 500), total: changes.length };
}

/** From our MRR to another policy's, cause by cause. */
export function bridge(against: PolicyId): BridgeView[] {
  if (against === "clearsync") return [];
  const steps: [CauseCode, number, number][] = [
    ["discounts", 118_400, 31],
    ["cancellationTiming", -96_250, 12],
    ["pastDue", -48_000, 7],
    ["rounding", 3, 0],
  ];
  const sum = steps.reduce((total, [, minor]) => total + minor, 0);
  return [
    {
      ours: money(4_821_000, "EUR"),
      theirs: money(4_821_000 + sum, "EUR"),
      causes: steps.map(([cause, minor, subscriptions]) => ({
        cause,
        amount: money(minor, "EUR"),
        subscriptions,
      })),
    },
    {
      ours: money(1_240_000, "JPY"),
      theirs: money(1_178_000, "JPY"),
      causes: [{ cause: "cancellationTiming", amount: money(-62_000, "JPY"), subscriptions: 2 }],
    },
  ];
}

/** Rates the user gave, with one currency still without. */
export const exchangeRates = (): ExchangeRatesView => ({
  reporting: "EUR",
  source: "yours",
  rates: [
    { currency: "USD", since: "2026-04-01T00:00:00Z", rate: "0.9174" },
    { currency: "USD", since: "2026-01-01T00:00:00Z", rate: "0.9302" },
    { currency: "SEK", since: "2026-01-01T00:00:00Z", rate: "0.0879" },
  ],
  missing: ["JPY"],
});

/** The rates somebody entered in HubSpot. */
export const hubspotRates = (): ExchangeRatesView => ({
  reporting: "USD",
  source: "hubspot",
  rates: [
    { currency: "EUR", since: "2026-03-01T00:00:00Z", rate: "1.0832" },
    { currency: "SEK", since: "2026-03-01T00:00:00Z", rate: "0.0952" },
  ],
  missing: ["JPY"],
});

/** Rates as they stand after `input` was kept, or what is wrong with it. */
export function keptRates(input: ExchangeRatesInput): ExchangeRatesView {
  const wrong = input.rates.find(({ rate }) => !(Number(rate) > 0));
  if (wrong !== undefined) {
    throw {
      code: "rateUnreadable",
      params: { currency: wrong.currency, value: wrong.rate },
      action: null,
      requestId: null,
    } satisfies Problem;
  }
  const known = new Set(input.rates.map(({ currency }) => currency));
  return { ...input, source: "yours", missing: ["JPY"].filter((currency) => !known.has(currency)) };
}

function differing(index: number): ReconcileRow {
  const finding = index % 9 === 4 ? "missingThere" : index % 11 === 7 ? "missingHere" : "off";
  const ours = 4_900 + index * 100;
  const theirs = index % 2 === 0 ? ours + 1_250 : ours - 990;
  const off = finding === "off";
  return {
    customerId: `cus_QhZ6uL8q${String(index).padStart(5, "0")}`,
    customer: finding === "missingHere" ? null : `Northwind Traders ${index}`,
    month: ["2026-02", "2026-03", "2026-04"][index % 3] as string,
    finding,
    ours: finding === "missingHere" ? null : money(ours, "EUR"),
    theirs: finding === "missingThere" ? null : money(theirs, "EUR"),
    difference: off ? money(ours - theirs, "EUR") : null,
    causes: off && index % 5 !== 0 ? [CAUSES[index % CAUSES.length] as CauseCode] : [],
  };
}

/** How a dropped table compares, with so many rows that differ. */
export function reconcileReport(count_differing: number): ReconcileReport {
  const rows = Array.from({ length: count_differing }, (_, index) => differing(index));
  const matched = Array.from({ length: Math.min(40, 5_000 - count_differing) }, (_, index): ReconcileRow => {
    const both = money(9_900 + index * 250, "EUR");
    return {
      customerId: `cus_Rm31vd${String(index).padStart(5, "0")}`,
      customer: `Fjord Logistics ${index}`,
      month: "2026-04",
      finding: "matched",
      ours: both,
      theirs: both,
      difference: money(0, "EUR"),
      causes: [],
    };
  });
  const count = (kind: ReconcileRow["finding"]) => rows.filter(({ finding }) => finding === kind).length;
  return {
    months: ["2026-02", "2026-03", "2026-04"],
    matched: matched.length,
    off: count("off"),
    missingThere: count("missingThere"),
    missingHere: count("missingHere"),
    rows: [...rows, ...matched],
    unreadRows: [
      { line: 14, why: "amount" },
      { line: 203, why: "columns" },
    ],
  };
}
