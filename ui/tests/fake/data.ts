import type {
  AttentionItem,
  AttentionKind,
  BackupRow,
  Checklist,
  CheckRow,
  CheckState,
  DiagnosticsFile,
  FieldChange,
  HubSpotConnection,
  ListName,
  ListProgress,
  OtherAccount,
  PlanAction,
  PlanRow,
  PropertyPlan,
  RunRow,
  SkipReason,
  StripeConnection,
  SubscriptionRow,
} from "../../src/ipc/backend";

/** The moment all made-up data is told from. Tests set the clock to it. */
export const NOW = new Date("2026-05-12T10:00:00Z");

/** A moment so many minutes before [`NOW`], or after where negative. */
export const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const daysAgo = (days: number) => minutesAgo(days * 24 * 60);

export const stripe: StripeConnection = {
  restricted: true,
  mode: "live",
  lastFour: "8f2K",
  accountId: "acct_1Nv0FGQ9RKHgCVdK",
  accountName: "Acme GmbH",
  connectedAt: minutesAgo(12),
  storage: "keychain",
};

export const hubspot: HubSpotConnection = {
  portalId: "20211234",
  currency: "EUR",
  timeZone: "Europe/Berlin",
  lastFour: "41d7",
  connectedAt: minutesAgo(9),
  storage: "keychain",
};

type Permission = [id: string, section: string, name: string, level: CheckRow["level"]];
const PERMISSIONS: Permission[] = [
  ["charges", "core", "Charges", "read"],
  ["customers", "core", "Customers", "read"],
  ["events", "core", "Events", "read"],
  ["payment_intents", "core", "Payment Intents", "read"],
  ["payment_methods", "core", "Payment Methods", "read"],
  ["products", "core", "Products", "read"],
  ["coupons", "billing", "Coupons", "read"],
  ["invoices", "billing", "Invoices", "read"],
  ["prices", "billing", "Prices", "read"],
  ["subscriptions", "billing", "Subscriptions", "read"],
  ["accounts", "connect", "Accounts", "read"],
  ["application_fees", "connect", "Application Fees", "read"],
  ["transfers", "connect", "Transfers", "read"],
  ["top_ups", "connect", "Top-ups", "read"],
  ["webhook", "webhook", "All webhook resources", "write"],
  ["payouts", "other", "Payouts", "none"],
  ["disputes", "core", "Disputes", "none"],
  ["balance", "core", "Balance", "none"],
];
const SCOPES = ["objects.contacts", "objects.companies", "schemas.contacts", "schemas.companies"].flatMap(
  (scope) => [`crm.${scope}.read`, `crm.${scope}.write`],
);

/** Rows of the Stripe checklist, each in a state by its place. */
export function stripeRows(state: (index: number, id: string) => CheckState): CheckRow[] {
  return PERMISSIONS.map(([id, section, name, level], index) => ({
    id,
    section,
    name,
    level,
    state: state(index, id),
    fixUrl: "https://dashboard.stripe.com/b/acct_1?destination=%2Fapikeys%2Fmk_1%2Fedit",
  }));
}

/** Rows of the HubSpot checklist. */
export function hubspotRows(state: (index: number) => CheckState): CheckRow[] {
  return SCOPES.map((id, index) => ({
    id,
    section: id.includes("contacts") ? "contacts" : "companies",
    name: id,
    level: id.endsWith("write") ? "write" : "read",
    state: state(index),
    fixUrl: null,
  }));
}

export function checklist(
  service: Checklist["service"],
  rows: CheckRow[],
  more: Partial<Checklist> = {},
): Checklist {
  const needed = rows.filter((row) => row.level !== "none");
  const held = needed.filter((row) => row.state.kind === "held").length;
  return {
    service,
    preset: service === "stripe" ? "standard" : null,
    rows,
    held,
    needed: needed.length,
    complete: held === needed.length,
    checking: rows.some((row) => row.state.kind === "checking"),
    checkedAt: minutesAgo(1),
    problem: null,
    excessChecked: false,
    ...more,
  };
}

const PEOPLE = [
  "Ada Okafor",
  "Bram de Vries",
  "Chiara Rossi",
  "Dmitri Sokolov",
  "Elin Sandberg",
  "Farid Haddad",
];
const FIRMS = [
  "Northwind Traders",
  "Brückner & Söhne Maschinenbau GmbH & Co. KG",
  "Tsukuba Instruments",
  "Fjord Logistics",
  "Café Lumière",
  "Oakridge Health",
];
const PLANS = [
  "Team monthly",
  "Business yearly",
  "Starter",
  "Scale (25 seats), Priority support",
  "Metered API",
];
const STATUSES = ["active", "active", "active", "trialing", "past_due", "active", "canceled", "active"];
const pick = <T>(of: readonly T[], index: number): T => of[index % of.length] as T;

const DOMAINS = ["northwind", "brueckner", "tsukuba", "fjord", "lumiere", "oakridge"];

function currencyOf(index: number): string {
  if (index % 11 === 3) return "JPY";
  return index % 7 === 2 ? "USD" : "EUR";
}

function customerOf(index: number): string {
  if (index % 5 === 4) return pick(PEOPLE, index);
  return index < FIRMS.length ? pick(FIRMS, index) : `${pick(FIRMS, index)} ${index}`;
}

function subscription(index: number): SubscriptionRow {
  const status = pick(STATUSES, index);
  const currency = currencyOf(index);
  const amount = ["active", "past_due"].includes(status) ? Math.max(9, 9600 - index * 37) : 0;
  const renewsAt = daysAgo(-(index % 28) - 1);
  return {
    id: `sub_1Nv0FG${String(index).padStart(5, "0")}CVdKq2Zt`,
    customer: customerOf(index),
    email: index % 6 === 5 ? null : `billing${index}@${pick(DOMAINS, index)}.example`,
    plans: pick(PLANS, index),
    status,
    quantity: String((index % 25) + 1),
    mrr: { decimal: currency === "JPY" ? String(amount * 160) : `${amount}.00`, currency },
    startedAt: daysAgo(40 + index * 3),
    renewsAt,
    cancelsAt: index % 9 === 8 ? renewsAt : null,
    noted: index % 8 === 1,
  };
}

/** So many subscriptions, the same ones each time, the highest MRR first. */
export const subscriptions = (count: number): SubscriptionRow[] =>
  Array.from({ length: count }, (_, index) => subscription(index));

const LISTS: ListName[] = [
  "products",
  "prices",
  "coupons",
  "customers",
  "subscriptions",
  "invoices",
  "charges",
  "paymentIntents",
  "paymentMethods",
  "accounts",
];

/** Stripe's lists in the middle of an import. */
export function lists(): ListProgress[] {
  return LISTS.map((list, index): ListProgress => {
    if (index < 4)
      return { list, state: "done", done: 40 * (index + 1) ** 3, total: 40 * (index + 1) ** 3, perSecond: 0 };
    if (list === "invoices") return { list, state: "reading", done: 12_400, total: 20_000, perSecond: 2_300 };
    if (list === "subscriptions") return { list, state: "reading", done: 3_120, total: null, perSecond: 410 };
    if (list === "accounts") return { list, state: "skipped", done: 0, total: null, perSecond: 0 };
    return { list, state: "waiting", done: 0, total: null, perSecond: 0 };
  });
}

export const OTHER_ACCOUNT: OtherAccount = { id: "acct_1QwErTyUiOpAsDfG", mode: "test" };

const SKIPS: SkipReason[] = [
  "noEmail",
  "emailRefused",
  "freeMail",
  "contactsNotCreated",
  "companiesNotCreated",
  "ambiguous",
  "otherAccount",
  "customerDeleted",
  "refused",
];

function fields(index: number, created: boolean): FieldChange[] {
  const mrr = (200 + (index % 40) * 5).toFixed(2);
  const all: FieldChange[] = [
    {
      property: "clearsync_mrr",
      label: "MRR",
      before: created ? null : "200.00",
      after: mrr,
      kind: "number",
    },
    {
      property: "clearsync_arr",
      label: "ARR",
      before: created ? null : "2400.00",
      after: (Number(mrr) * 12).toFixed(2),
      kind: "number",
    },
    {
      property: "clearsync_status",
      label: "Subscription status",
      before: created ? null : "trialing",
      after: "active",
      kind: "text",
    },
    { property: "clearsync_plans", label: "Plans", before: null, after: pick(PLANS, index), kind: "text" },
    {
      property: "clearsync_next_renewal",
      label: "Next renewal",
      before: created ? null : "2026-05-12",
      after: "2026-06-12",
      kind: "date",
    },
    {
      property: "clearsync_last_synced",
      label: "Last synced",
      before: null,
      after: minutesAgo(1),
      kind: "moment",
    },
  ];
  return created ? all : all.slice(0, 1 + (index % 4));
}

function actionOf(index: number): PlanAction {
  if (index % 10 === 9) return "skip";
  if (index % 5 === 1) return "create";
  return index % 7 === 6 ? "unchanged" : "update";
}

function planRow(index: number): PlanRow {
  const object = index % 3 === 2 ? "company" : "contact";
  const action = actionOf(index);
  const domain = pick(DOMAINS, index);
  const changes = action === "create" || action === "update";
  const skip = action === "skip" ? pick(SKIPS, Math.floor(index / 10)) : null;
  return {
    id: index + 1,
    object,
    name: object === "company" ? `${domain}${index}.example` : `jane.q.${index}@${domain}.example`,
    hubspotId: action === "update" || action === "unchanged" ? String(30_100_000 + index) : null,
    action,
    skip,
    otherAccount: skip === "otherAccount" ? OTHER_ACCOUNT : null,
    changes: changes ? fields(index, action === "create") : [],
    waits: false,
  };
}

/** So many rows of a plan, of every kind. */
export const planRows = (count: number): PlanRow[] =>
  Array.from({ length: count }, (_, index) => planRow(index));

export const properties: PropertyPlan[] = (["contact", "company"] as const).flatMap((object) =>
  [
    "MRR",
    "ARR",
    "Subscription status",
    "Plans",
    "Quantity",
    "Next renewal",
    "Stripe customer ids",
    "Last synced",
  ].map((label, index) => ({
    object,
    name: `clearsync_${label.toLowerCase().replaceAll(" ", "_")}`,
    label,
    state:
      index === 0
        ? ("present" as const)
        : index === 7 && object === "company"
          ? ("noRoom" as const)
          : ("toCreate" as const),
  })),
);

/** So many runs, newest first, of every kind and outcome. */
export function runs(count: number): RunRow[] {
  const outcomes: RunRow["outcome"][] = [
    "done",
    "done",
    "doneWithRefusals",
    "done",
    "stopped",
    "failed",
    "done",
    "waitsForApproval",
  ];
  return Array.from({ length: count }, (_, index): RunRow => {
    const outcome = pick(outcomes, index);
    const began = 4 + index * 5;
    return {
      id: count - index,
      kind: index === count - 1 ? "import" : index % 6 === 3 ? "push" : "sync",
      startedAt: minutesAgo(began),
      endedAt: minutesAgo(began - 0.2 - (index % 4)),
      outcome,
      objectsRead: index === count - 1 ? 61_204 : (index * 7) % 23,
      ...reading(index, count),
      created: index % 6 === 3 ? 40 : index % 4,
      updated: index % 6 === 3 ? 172 : (index * 3) % 9,
      removed: 0,
      failed: outcome === "doneWithRefusals" ? 2 : 0,
      problem:
        outcome === "failed"
          ? { code: "timedOut", params: {}, action: null, requestId: "req_AbC123xYz" }
          : null,
    };
  });
}

/** What was out of the ordinary in reading Stripe. */
function reading(index: number, count: number): Pick<RunRow, "wholeRead" | "compared"> {
  if (index === count - 1) return { wholeRead: "never", compared: null };
  if (index === 4) return { wholeRead: "gapTooLong", compared: null };
  const compared = { objects: 1_204, differing: index === 2 ? 0 : 3 };
  return { wholeRead: null, compared: index % 12 === 2 ? compared : null };
}

const KINDS: AttentionKind[] = [
  "permissionMissing",
  "scopeMissing",
  "customerUnmatched",
  "matchAmbiguous",
  "otherAccount",
  "otherInstallation",
  "recordRefused",
  "figureAssumed",
  "objectNotUnderstood",
  "databaseSetAside",
];

const DETAILS: Partial<Record<AttentionKind, string[]>> = {
  scopeMissing: ["crm.objects.companies.read", "crm.objects.companies.write"],
  figureAssumed: ["The amount of price price_QhZ6uL8q is not known, so it counts 0."],
  objectNotUnderstood: ["The subscription says no “customer”, so it is left out of all figures."],
};

/** So many open items; the first two kinds once, the others many times. */
export function attention(count: number): AttentionItem[] {
  return Array.from({ length: count }, (_, index): AttentionItem => {
    const kind = index < 2 ? pick(KINDS, index) : pick(KINDS.slice(2), Math.floor((index - 2) / 14));
    return {
      id: index + 1,
      kind,
      params: kind === "permissionMissing" ? { row: "payment_methods" } : {},
      subject:
        kind === "permissionMissing"
          ? "Payment Methods"
          : kind === "scopeMissing"
            ? "companies"
            : `billing${index}@northwind.example`,
      details: DETAILS[kind] ?? [],
      since: minutesAgo(30 + index * 45),
      action:
        kind === "permissionMissing"
          ? { kind: "replaceStripeKey" }
          : kind === "customerUnmatched"
            ? { kind: "open", url: "https://dashboard.stripe.com/customers/cus_1" }
            : null,
    };
  });
}

/** A backup of last week, and what a restore put aside. */
export function backups(): BackupRow[] {
  return [
    {
      name: "before-restore-20260510T081500000Z.sqlite",
      madeAt: minutesAgo(2 * 1440 + 105),
      sizeKib: 18_244,
      encrypted: true,
    },
    {
      name: "clearsync-20260505T093000000Z.sqlite",
      madeAt: minutesAgo(7 * 1440 + 30),
      sizeKib: 17_902,
      encrypted: false,
    },
  ];
}

/** What is saved for whoever helps. */
export function diagnostics(): DiagnosticsFile[] {
  const report = { app: { version: "0.1.0", phase: "idle", runs: [] }, system: { os: "linux" } };
  const line = (minute: number) =>
    `2026-05-12T09:${String(minute).padStart(2, "0")}:00Z  INFO clearsync_sync::engine::reading: reading everything needed=Never\n`;
  return [
    { name: "about.txt", text: "Versions, settings, permissions, counts." },
    { name: "report.json", text: JSON.stringify(report, null, 2) },
    { name: "logs/clearsync.2026-05-12.log", text: Array.from({ length: 60 }, (_, at) => line(at)).join("") },
  ];
}
