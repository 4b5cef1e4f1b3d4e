import type {
  AttentionItem,
  Backend,
  BackupRow,
  Checklist,
  DriftView,
  ExchangeRatesView,
  MailDomains,
  MovementRow,
  Opening,
  Overview,
  PlanRow,
  PlanSummary,
  PolicyChoices,
  Problem,
  PropertyPlan,
  RealtimeView,
  ReconcileReport,
  ReviewItem,
  RunRow,
  Settings,
  Setup,
  Status,
  SubscriptionRow,
  UndoRow,
} from "../../src/ipc/backend";
import * as data from "./data";
import * as figures from "./figures";
import * as policies from "./policies";
import { driftSeen, NO_REALTIME, reviewItems, undoRows } from "./safety";

/** A command of the backend. */
export type Command = Exclude<keyof Backend, "onStatus" | "onChecklist" | "onData">;

/** All that stands behind a made-up window. */
export interface World {
  status: Status;
  setup: Setup;
  stripe: Checklist;
  hubSpot: Checklist;
  properties: PropertyPlan[];
  plan: PlanSummary | null;
  planRows: PlanRow[];
  overview: Overview;
  subscriptions: SubscriptionRow[];
  movements: MovementRow[];
  /** How many months back there are figures; 0 before the first import. */
  months: number;
  policies: PolicyChoices;
  rates: ExchangeRatesView;
  report: ReconcileReport;
  runs: RunRow[];
  attention: AttentionItem[];
  backups: BackupRow[];
  realtime: RealtimeView;
  review: ReviewItem[];
  undoRows: UndoRow[];
  drift: DriftView;
  mailDomains: MailDomains;
  settings: Settings;
  /** How far the data is open. */
  opening: Opening;
  /** Commands that fail, and with what. */
  failing: Partial<Record<Command, Problem>>;
  /** Commands that never answer. */
  silent: Command[];
  /** The worlds of other workspaces, by their ids. */
  beside: Record<string, World>;
}

/** A plan of these rows. */
export function summaryOf(rows: PlanRow[]): PlanSummary {
  const count = (action: PlanRow["action"]) => rows.filter((row) => row.action === action).length;
  const byProperty = new Map<string, PlanSummary["byProperty"][number]>();
  for (const { object, changes } of rows) {
    for (const { property, label } of changes) {
      const key = `${object} ${property}`;
      const known = byProperty.get(key) ?? { object, property, label, records: 0 };
      byProperty.set(key, { ...known, records: known.records + 1 });
    }
  }
  return {
    id: 7,
    madeAt: data.minutesAgo(2),
    creates: count("create"),
    updates: count("update"),
    unchanged: count("unchanged"),
    skipped: count("skip"),
    failing: rows.filter((row) => row.skip === "refused").length,
    associations: 31,
    removals: count("remove"),
    properties: 14,
    requests: 5,
    dailyLimit: 250_000,
    dailyLeft: 249_812,
    byProperty: [...byProperty.values()],
    needsApproval: "firstPush",
    waiting: 0,
  };
}

/** A window in everyday use: all connected, in sync, two open items. */
export function everyday(): World {
  const rows = data.subscriptions(420);
  const plan = data.planRows(212);
  return {
    status: {
      phase: "idle",
      progress: null,
      lastRun: data.runs(1)[0] ?? null,
      lastSyncAt: data.minutesAgo(4),
      nextSyncAt: data.minutesAgo(-1),
      pausedUntil: null,
      attention: 2,
      waitingChanges: 201,
      problem: null,
      sampleData: false,
      tray: "shown",
      stripe: data.stripe,
      hubspot: data.hubspot,
    },
    setup: {
      step: "keepInSync",
      reached: "keepInSync",
      finished: true,
      stripe: data.stripe,
      hubspot: data.hubspot,
      choices: { createContacts: true, createCompanies: false },
      sampleData: false,
    },
    stripe: data.checklist(
      "stripe",
      data.stripeRows((_, id) => ({
        kind: ["payouts", "disputes", "balance"].includes(id) ? "notChecked" : "held",
      })),
    ),
    hubSpot: data.checklist(
      "hubSpot",
      data.hubspotRows(() => ({ kind: "held" })),
    ),
    properties: data.properties,
    plan: summaryOf(plan),
    planRows: plan,
    overview: {
      totals: [
        {
          mrr: { decimal: "48210.00", currency: "EUR" },
          arr: { decimal: "578520.00", currency: "EUR" },
          atRisk: { decimal: "2110.00", currency: "EUR" },
          subscriptions: 391,
          customers: 340,
        },
        {
          mrr: { decimal: "1240000", currency: "JPY" },
          arr: { decimal: "14880000", currency: "JPY" },
          atRisk: { decimal: "0", currency: "JPY" },
          subscriptions: 29,
          customers: 1,
        },
      ],
      largest: rows.filter((row) => row.status === "active").slice(0, 8),
      unmatchedCustomers: 14,
    },
    subscriptions: rows,
    movements: figures.movements(rows, 1_240),
    months: 30,
    policies: policies.policies(),
    rates: policies.exchangeRates(),
    report: policies.reconcileReport(64),
    runs: data.runs(40),
    attention: data.attention(60),
    backups: data.backups(),
    opening: { state: "open" },
    realtime: NO_REALTIME,
    review: reviewItems(),
    undoRows: undoRows(),
    drift: driftSeen(2, 452),
    mailDomains: {
      builtIn: [
        "gmail.com",
        "gmx.de",
        "hotmail.com",
        "icloud.com",
        "outlook.com",
        "proton.me",
        "yopmail.com",
      ],
      changes: { added: ["coworking-berlin.example"], removed: ["yopmail.com"] },
    },
    settings: {
      intervalMinutes: null,
      intervalNowMinutes: 5,
      metered: false,
      autostart: true,
      notify: true,
      choices: { createContacts: true, createCompanies: false },
      stripe: data.stripe,
      hubspot: data.hubspot,
      formerKeys: [],
      dataFolder: "/home/jane/.local/share/ai.clearsync.desktop",
      version: "0.1.0",
      stripeApiVersion: "2026-05-27.dahlia",
      hubspotApiVersion: "2026-09",
    },
    failing: {},
    silent: [],
    beside: {},
  };
}
