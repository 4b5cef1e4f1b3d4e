import type { CheckState, Problem, ProblemCode, RunProgress, SetupStep, Status } from "../../src/ipc/backend";
import * as data from "./data";
import * as figures from "./figures";
import * as policies from "./policies";
import { driftSeen } from "./safety";
import { everyday, summaryOf, type World } from "./world";

const problem = (code: ProblemCode, more: Partial<Problem> = {}): Problem => ({
  code,
  params: {},
  action: null,
  requestId: null,
  ...more,
});

/** Setup as it stands at a step, with what was done before it. */
function setupAt(step: SetupStep, reached: SetupStep = step): World {
  const world = everyday();
  const order: SetupStep[] = ["welcome", "stripeKey", "permissions", "hubSpot"];
  const early = order.indexOf(step);
  const stripe = early >= 0 && early < 2 ? null : data.stripe;
  const hubspot = early >= 0 ? null : data.hubspot;
  world.setup = { ...world.setup, step, reached, finished: false, stripe, hubspot };
  world.status = {
    ...world.status,
    phase: "notSetUp",
    lastRun: null,
    lastSyncAt: null,
    nextSyncAt: null,
    attention: 0,
    waitingChanges: 0,
    stripe,
    hubspot,
  };
  return world;
}

const importing: RunProgress = {
  run: "import",
  step: "reading",
  done: 18_400,
  total: null,
  perSecond: 2_710,
  minutesLeft: 5,
  lists: data.lists(),
  held: false,
};
const writing: RunProgress = {
  run: "push",
  step: "writing",
  done: 112,
  total: 212,
  perSecond: 24,
  minutesLeft: 1,
  lists: [],
  held: false,
};

const midway = (index: number, id: string): CheckState => {
  if (["payouts", "disputes", "balance"].includes(id)) return { kind: "notChecked" };
  if (id === "payment_methods") return { kind: "missing" };
  if (id === "events") return { kind: "unverified", cause: "busy", retryInSeconds: 4 };
  if (index < 9) return { kind: "held" };
  return index < 12 ? { kind: "checking" } : { kind: "notChecked" };
};
const excess = (_: number, id: string): CheckState => {
  if (id === "payouts") return { kind: "excess" };
  return { kind: ["disputes", "balance"].includes(id) ? "notChecked" : "held" };
};

function withStatus(world: World, status: Partial<Status>): World {
  return { ...world, status: { ...world.status, ...status } };
}

function sample(world: World): World {
  return { ...withStatus(world, { sampleData: true }), setup: { ...world.setup, sampleData: true } };
}

/** What stands in the way of opening the data. */
function closed(code: ProblemCode): World {
  const canBeginAnew = code === "dataKeyMissing";
  return { ...everyday(), opening: { state: "closed", problem: problem(code), canBeginAnew } };
}

/** Another account in everyday use. */
function other(accountName: string, mode: "test" | "live"): World {
  const world = everyday();
  const stripe = { ...data.stripe, accountName, mode };
  const hubspot = { ...data.hubspot, portalId: "8215042" };
  world.setup = { ...world.setup, stripe, hubspot };
  world.settings = { ...world.settings, stripe, hubspot };
  return withStatus(world, { stripe, hubspot, waitingChanges: 7, attention: 0 });
}

/** Every state of the window that is looked at. */
export const SCENARIOS = {
  opening: () => ({ ...everyday(), opening: { state: "waiting" as const } }),
  closed: () => closed("dataKeychainLocked"),
  keyGone: () => closed("dataKeyMissing"),
  welcome: () => setupAt("welcome"),
  stripeKey: () => sample(setupAt("stripeKey")),
  stripeKeyConnected: () => ({
    ...setupAt("permissions"),
    setup: { ...setupAt("permissions").setup, step: "stripeKey" as const },
  }),
  permissions: () => ({
    ...setupAt("permissions"),
    stripe: data.checklist("stripe", data.stripeRows(midway)),
  }),
  permissionsHeld: () => setupAt("permissions", "hubSpot"),
  permissionsExcess: () => ({
    ...setupAt("permissions", "hubSpot"),
    stripe: data.checklist("stripe", data.stripeRows(excess), { excessChecked: true }),
  }),
  permissionsRefused: () => ({
    ...setupAt("permissions"),
    stripe: data.checklist(
      "stripe",
      data.stripeRows(() => ({ kind: "waiting" })),
      {
        problem: problem("stripeKeyExpired", {
          action: { kind: "replaceStripeKey" },
          requestId: "req_AbC123",
        }),
      },
    ),
  }),
  hubSpot: () => ({
    ...setupAt("hubSpot"),
    hubSpot: data.checklist(
      "hubSpot",
      data.hubspotRows(() => ({ kind: "waiting" })),
      { checkedAt: null },
    ),
  }),
  hubSpotScopes: () => {
    const world = setupAt("hubSpot");
    world.setup.hubspot = data.hubspot;
    return {
      ...world,
      hubSpot: data.checklist(
        "hubSpot",
        data.hubspotRows((index) => ({ kind: index === 5 ? "missing" : "held" })),
      ),
    };
  },
  whatToCreate: () => setupAt("whatToCreate"),
  importReady: () => setupAt("import"),
  importBusy: () => withStatus(setupAt("import"), { phase: "syncing", progress: importing }),
  importFailed: () =>
    withStatus(setupAt("import"), {
      phase: "offline",
      problem: problem("hostNotFound", { action: { kind: "tryAgain" } }),
    }),
  review: () => setupAt("review", "preview"),
  preview: () => setupAt("preview"),
  firstSync: () => withStatus(setupAt("firstSync"), { phase: "syncing", progress: writing }),
  firstSyncWaiting: () => setupAt("firstSync"),
  firstSyncDone: () =>
    withStatus(setupAt("firstSync", "keepInSync"), {
      lastRun: { ...(data.runs(6)[3] as never as NonNullable<Status["lastRun"]>) },
    }),
  keepInSync: () => withStatus(setupAt("keepInSync"), { tray: "noHost" }),

  everyday,
  sample: () => sample(everyday()),
  busy: () =>
    withStatus(everyday(), {
      phase: "syncing",
      progress: { ...importing, run: "sync", done: 12_400, total: 20_000 },
    }),
  held: () => withStatus(everyday(), { phase: "syncing", progress: { ...writing, held: true } }),
  paused: () =>
    withStatus(everyday(), { phase: "paused", pausedUntil: data.minutesAgo(-60), nextSyncAt: null }),
  offline: () =>
    withStatus(everyday(), {
      phase: "offline",
      problem: problem("notTheService", { action: { kind: "tryAgain" } }),
    }),
  needsYou: () =>
    withStatus(everyday(), {
      phase: "attention",
      problem: problem("stripePermissionMissing", {
        action: { kind: "open", url: "https://dashboard.stripe.com/apikeys" },
        requestId: "req_9XkQ2",
      }),
    }),
  crowded: () => {
    const world = everyday();
    world.subscriptions = data.subscriptions(20_000);
    world.movements = figures.movements(world.subscriptions, 48_000);
    world.months = 120;
    world.report = policies.reconcileReport(5_000);
    world.planRows = data.planRows(5_000);
    world.plan = summaryOf(world.planRows);
    world.attention = data.attention(400);
    world.drift = driftSeen(3_000, 12_000);
    world.runs = data.runs(200);
    world.realtime = {
      state: "notArriving",
      url: "https://a-tunnel-of-a-rather-long-name.with-a-provider.example/clearsync/deliveries",
      port: 4843,
      endpoint: "we_1Rt5ClearSync",
      deliveries: 1_204,
      lastDeliveryAt: data.minutesAgo(95),
      problem: problem("realtimePortTaken", { params: { port: "4843" } }),
    };
    return withStatus(world, { attention: 400, waitingChanges: 12_345 });
  },
  otherInstallation: () => {
    const world = everyday();
    if (world.plan) world.plan.needsApproval = "otherInstallation";
    return withStatus(world, { phase: "attention" });
  },
  empty: () => {
    const world = everyday();
    return {
      ...withStatus(world, {
        attention: 0,
        waitingChanges: 0,
        lastRun: null,
        lastSyncAt: null,
        nextSyncAt: null,
      }),
      overview: { totals: [], largest: [], unmatchedCustomers: 0 },
      subscriptions: [],
      movements: [],
      months: 0,
      rates: { reporting: null, source: "none", rates: [], missing: [] },
      plan: null,
      planRows: [],
      runs: [],
      attention: [],
      review: [],
      undoRows: [],
      drift: driftSeen(0, 0),
      settings: { ...world.settings, stripe: null, hubspot: null, formerKeys: [] },
    };
  },
  accounts: () => ({
    ...everyday(),
    beside: {
      "0tkf9a1": withStatus(other("Acme GmbH", "test"), { phase: "attention", attention: 3 }),
      "0tkf9a2": other("Globex Holding and Subsidiaries International", "live"),
    },
  }),
  accountsNew: () => ({ ...setupAt("welcome"), beside: { "0tkf9a1": everyday() } }),
  behindFailing: () => {
    const busy = problem("databaseBusy", { action: { kind: "tryAgain" } });
    return { ...everyday(), failing: { drift: busy, planUndo: busy } };
  },
  behindLoading: () => ({ ...everyday(), silent: ["drift", "planUndo"] as World["silent"] }),
  behindEmpty: () => ({ ...everyday(), undoRows: [], drift: driftSeen(0, 0) }),
  figuresFailing: () => {
    const busy = problem("databaseBusy", { action: { kind: "tryAgain" } });
    return {
      ...everyday(),
      failing: { policies: busy, exchangeRates: busy, reconcile: busy, explain: busy },
    };
  },
  ratesScopeMissing: () => ({
    ...everyday(),
    failing: {
      readHubspotRates: problem("hubSpotRatesScopeMissing", {
        params: { scope: "settings.currencies.read" },
      }),
    },
  }),
  loading: () => ({
    ...everyday(),
    silent: [
      "overview",
      "companyFigures",
      "movements",
      "subscriptions",
      "planSummary",
      "runs",
      "attention",
      "settings",
      "policies",
      "exchangeRates",
      "reconcile",
    ] as World["silent"],
  }),
  failing: () => {
    const busy = problem("databaseBusy", { action: { kind: "tryAgain" } });
    return {
      ...everyday(),
      failing: {
        overview: busy,
        companyFigures: busy,
        movements: busy,
        policies: busy,
        exchangeRates: busy,
        reconcile: busy,
        subscriptions: busy,
        planSummary: busy,
        runs: busy,
        attention: busy,
        settings: busy,
      },
    };
  },
} satisfies Record<string, () => World>;

/** The name of a scenario. */
export type Scenario = keyof typeof SCENARIOS;
