import { invoke } from "@tauri-apps/api/core";
import type { SubscriptionDetail as Detail, Explanation, Money } from "./bindings";

export type MovementKind =
  | "new"
  | "upgrade"
  | "downgrade"
  | "churn"
  | "reactivation"
  | "plannedCancellation"
  | "plannedCancellationWithdrawn";
export type ChangeType = "cancellation" | "plan" | "price" | "quantity";
export type OriginKind = "event" | "dates" | "invoice" | "present";
export type OriginView = { kind: OriginKind; exact: boolean; id: string | null };
export type MovementRow = {
  id: string;
  subscription: string;
  customerId: string;
  customer: string;
  plans: string;
  at: string;
  kind: MovementKind;
  changeType: ChangeType;
  before: Money;
  after: Money;
  change: Money;
  effective: string | null;
  origin: OriginView;
};
export type MovementQuery = {
  search: string;
  kind: MovementKind | null;
  currency: string | null;
  from: string | null;
  to: string | null;
  offset: number;
  limit: number;
};
export type MovementPage = { rows: MovementRow[]; total: number };

export type MonthFigures = {
  month: string;
  opening: Money;
  new: Money;
  reactivation: Money;
  expansion: Money;
  contraction: Money;
  churn: Money;
  exchange: Money;
  closing: Money;
};
export type Renewal = { at: string; subscription: string; customer: string; mrr: Money };
export type CohortRow = { month: string; customers: number; mrr: Money[]; kept: string[] };
export type CompanyFigures = {
  currency: string;
  currencies: string[];
  reporting: string | null;
  converted: boolean;
  withoutRate: string[];
  mrr: Money;
  arr: Money;
  changeThisMonth: Money;
  committed: Money;
  atRisk: Money;
  netRetention: string | null;
  grossRetention: string | null;
  churnRate: string | null;
  quickRatio: string | null;
  months: MonthFigures[];
  exactShare: string | null;
  renewals: Renewal[];
  cohorts: CohortRow[];
};
export type CompanyQuery = { currency: string | null; months: number };

export type StandingCode =
  | "counts"
  | "paidUntil"
  | "notStarted"
  | "inTrial"
  | "ended"
  | "cancellationAsked"
  | "collectionPaused"
  | "notPaidYet"
  | "statusLeftOut";
export type TimelinePoint = { from: string; mrr: Money; standing: StandingCode; origin: OriginView };
export type SubscriptionDetail = Detail & { timeline: TimelinePoint[]; movements: MovementRow[] };

export type CauseCode =
  | "discounts"
  | "cancellationTiming"
  | "pastDue"
  | "statuses"
  | "pauses"
  | "metered"
  | "firstPayment"
  | "factors"
  | "rounding";
export type BridgeCause = { cause: CauseCode; amount: Money; subscriptions: number };
export type BridgeView = { ours: Money; theirs: Money; causes: BridgeCause[] };

export type PolicyId = "clearsync" | "stripe" | "stripeAllDiscounts" | "chartMogul" | "conservative" | "own";
export type PolicySwitches = {
  counted: string[];
  discounts: "none" | "forever" | "recurring" | "all";
  cancellation: "atRequest" | "atPeriodEnd" | "atStatusChange";
  pause: "counts" | "zero";
  metered: "off" | "lastPeriod" | "meanOfLastThree";
  firstInvoice: "whenOpened" | "whenPaid";
  grain: "subscription" | "customer" | "company";
  groupingWindowMin: number;
  toZero: "downgrade" | "churn";
  returning: "reactivation" | "new";
  migrationWindowDays: number | null;
  exchange: "atMovement" | "monthEnd" | "fixed";
  factors: "calendar" | "commercial";
};
export type PolicyView = { id: PolicyId; name: string; version: number; switches: PolicySwitches };
export type PolicyChoices = { active: PolicyView; presets: PolicyView[]; own: PolicyView | null };
export type PolicyPreviewTotal = { currency: string; before: Money; after: Money; subscriptions: number };
export type PolicyPreviewRow = {
  subscription: string;
  customer: string;
  before: Money;
  after: Money;
  causes: CauseCode[];
};
export type PolicyPreview = { totals: PolicyPreviewTotal[]; rows: PolicyPreviewRow[]; total: number };

export type Rate = { currency: string; since: string; rate: string };
export type RateSource = "none" | "yours" | "hubspot";
export type ExchangeRatesView = {
  reporting: string | null;
  source: RateSource;
  rates: Rate[];
  missing: string[];
};
export type ExchangeRatesInput = { reporting: string | null; rates: Rate[] };

export type FindingKind = "matched" | "off" | "missingThere" | "missingHere";
export type ReconcileRow = {
  customerId: string;
  customer: string | null;
  month: string;
  finding: FindingKind;
  ours: Money | null;
  theirs: Money | null;
  difference: Money | null;
  causes: CauseCode[];
};
export type UnreadRow = { line: number; why: string };
export type ReconcileReport = {
  months: string[];
  matched: number;
  off: number;
  missingThere: number;
  missingHere: number;
  rows: ReconcileRow[];
  unreadRows: UnreadRow[];
};
export type ExportedFile = { path: string };

/** The commands of the contract, until the bindings hold them. */
export const pendingCommands = {
  companyFigures: (query: CompanyQuery) => invoke<CompanyFigures>("company_figures", { query }),
  movements: (query: MovementQuery) => invoke<MovementPage>("movements", { query }),
  subscription: (id: string) => invoke<SubscriptionDetail>("subscription", { id }),
  explain: (subscription: string, at: string) => invoke<Explanation>("explain", { subscription, at }),
  bridge: (subscription: string | null, against: PolicyId) =>
    invoke<BridgeView[]>("bridge", { subscription, against }),
  policies: () => invoke<PolicyChoices>("policies"),
  policyPreview: (switches: PolicySwitches) => invoke<PolicyPreview>("policy_preview", { switches }),
  choosePolicy: (id: PolicyId, switches: PolicySwitches) =>
    invoke<PolicyChoices>("choose_policy", { id, switches }),
  exchangeRates: () => invoke<ExchangeRatesView>("exchange_rates"),
  setExchangeRates: (input: ExchangeRatesInput) => invoke<ExchangeRatesView>("set_exchange_rates", { input }),
  reconcile: (csv: string, against: PolicyId | null) =>
    invoke<ReconcileReport>("reconcile", { csv, against }),
  exportMrr: () => invoke<ExportedFile>("export_mrr"),
};
