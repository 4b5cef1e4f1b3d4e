import type {
  Candidate,
  DriftDifference,
  DriftRow,
  DriftView,
  FieldChange,
  GuardChange,
  GuardSettings,
  PlanRow,
  PropertyGuard,
  RealtimeView,
  ReviewDecision,
  ReviewItem,
  RowSelection,
  RunChange,
  RunChangesQuery,
  UndoQuery,
  UndoRow,
  UndoSummary,
  UndoTarget,
} from "../../src/ipc/backend";
import { minutesAgo, OTHER_ACCOUNT } from "./data";
import type { World } from "./world";

const GUARD: GuardSettings = {
  unaskedSharePercent: 20,
  unaskedRecords: 50,
  freeRequestsPercent: 10,
  properties: ["contacts", "companies"].flatMap((object) =>
    ["Stripe customer id", "MRR", "Subscription status", "Plan", "Next renewal", "Phone Number"].map(
      (label, n): PropertyGuard => ({
        object,
        property:
          label === "Phone Number" ? "phone" : `clearsync_${label.toLowerCase().replaceAll(" ", "_")}`,
        label,
        ownership: n === 5 ? "fillIfEmpty" : "owned",
        fixed: n === 0,
      }),
    ),
  ),
};
let guardNow = GUARD;

function changed(change: GuardChange): GuardSettings {
  if (change.kind !== "property") return { ...guardNow, [change.kind]: change.value };
  const { object, property, ownership } = change.value;
  const properties = guardNow.properties.map((one) =>
    one.object === object && one.property === property ? { ...one, ownership } : one,
  );
  return { ...guardNow, properties };
}
const RECORD_PAGE = "https://app.hubspot.com/contacts/20211234/record/0-1/501";

/** What was last seen to differ: values of others, a merged record, a deleted one. */
export function driftSeen(differing: number, total: number): DriftView {
  const at = minutesAgo(32);
  const rows = Array.from({ length: differing }, (_, n): DriftRow => {
    const gone = n % 2 === 1;
    return {
      object: gone ? "companies" : "contacts",
      key: gone ? `umbrella-${n}.example` : `cus_${n}`,
      name: gone ? `umbrella-${n}.example` : `ada.${n}.of-a-rather-long-name@acme.example`,
      hubspotId: String(501 + n),
      url: gone ? null : RECORD_PAGE,
      finding: gone ? (n % 4 === 3 ? "merged" : "gone") : "changed",
      differences: gone ? [] : DIFFERENCES,
      seenAt: at,
    };
  });
  return { differing, lookedAt: Math.ceil(total * 0.66), total, at: total === 0 ? null : at, rows };
}
const DIFFERENCES: DriftDifference[] = [
  { property: "clearsync_mrr", label: "MRR", written: "49", held: "490", repaired: true },
  { property: "phone", label: "Phone Number", written: "+49 30 1", held: "", repaired: false },
];
const MRR: FieldChange = {
  property: "clearsync_mrr",
  label: "MRR",
  before: "49",
  after: "99.5",
  kind: "number",
};

/** Real time, not wanted. */
export const NO_REALTIME: RealtimeView = {
  state: "off",
  url: null,
  port: 4843,
  endpoint: null,
  deliveries: 0,
  lastDeliveryAt: null,
  problem: null,
};

/** What the last push wrote: records of all kinds, one refused and one of which nobody knows. */
function written(): RunChange[] {
  return Array.from({ length: 240 }, (_, n) => write(n));
}

const STATES: Record<number, RunChange["state"]> = { 3: "refused", 7: "open" };

function write(n: number): RunChange {
  const domain = `company-${n}.example`;
  const [object, key, name] =
    n % 5 === 4
      ? ["companies", domain, domain]
      : ["contacts", `cus_${n}`, `person-${n}.of-a-rather-long-name@${domain}`];
  const state = STATES[n] ?? "done";
  const refused = state === "refused";
  const made = n % 3 === 0;
  return {
    id: n,
    object,
    key,
    name,
    hubspotId: refused ? null : String(501 + n),
    url: refused ? null : RECORD_PAGE,
    action: made ? "create" : "update",
    state,
    refusal: refused ? "INVALID_EMAIL" : null,
    at: minutesAgo(64),
    changes: [{ ...MRR, before: made ? null : "49" }],
    canBeUndone: state === "done",
  };
}

/** What an undo of all that would do, row by row. */
export function undoRows(): UndoRow[] {
  return written().map(({ id, object, name, hubspotId, url, action, changes }) => ({
    id,
    object,
    name,
    hubspotId,
    url,
    action: id % 60 === 59 ? "leave" : action === "create" ? "archive" : "putBack",
    reason: id % 60 === 59 ? "changedByOthers" : null,
    becauseOf: [],
    waits: false,
    held: false,
    changes: changes.map((change) => ({ ...change, before: change.after, after: change.before ?? "" })),
  }));
}

function page<Row extends { name: string }>(
  rows: Row[],
  { search, offset, limit }: { search: string; offset: number; limit: number },
) {
  const found = rows.filter(({ name }) => name.includes(search));
  return { rows: found.slice(offset, offset + limit), total: found.length };
}

/** What those rows come to. */
function undoOf(rows: UndoRow[], target: UndoTarget): UndoSummary {
  const count = (action: UndoRow["action"]) => rows.filter((row) => row.action === action).length;
  return {
    id: 8,
    madeAt: minutesAgo(0),
    target,
    redo: false,
    putBack: count("putBack"),
    archived: count("archive"),
    madeAgain: 0,
    links: rows.length === 0 ? 0 : 31,
    definitions: rows.length === 0 ? 0 : 14,
    left: count("leave"),
    waiting: rows.filter(({ waits }) => waits).length,
    requests: 12,
    dailyLimit: 250_000,
    dailyLeft: 249_812,
  };
}

const CANDIDATES: Candidate[] = [
  {
    hubspotId: "501",
    name: "Ada Lovelace",
    address: "ada@acme.com",
    customerId: null,
    createdAt: minutesAgo(90_000),
    updatedAt: minutesAgo(1_500),
    url: RECORD_PAGE,
  },
  {
    hubspotId: "502",
    name: null,
    address: "ada.lovelace-with-a-rather-long-address@acme.com",
    customerId: "cus_9s6XKzkNRiz8i3",
    createdAt: minutesAgo(4_000),
    updatedAt: null,
    url: null,
  },
];

/** Matches to review: ambiguous ones, refused ones, and one that was decided. */
export function reviewItems(): ReviewItem[] {
  return Array.from({ length: 36 }, (_, n) => {
    const [object, key, name] =
      n % 4 === 3
        ? ["companies", `company-${n}.example`, `company-${n}.example`]
        : ["contacts", `cus_${n}`, `ada.${n}@acme.example`];
    const item: ReviewItem = {
      object,
      key,
      name,
      reason: "ambiguous",
      otherAccount: null,
      refusal: null,
      property: null,
      since: minutesAgo(600 + n),
      candidates: 2,
      url: null,
      choices: ["link", "create", "leaveOut"],
      decision: n === 2 ? { kind: "leaveOut" } : null,
    };
    if (n % 6 === 4) return { ...item, reason: "otherAccount", otherAccount: OTHER_ACCOUNT, candidates: 1 };
    return n % 6 === 5 ? { ...item, ...REFUSED } : item;
  });
}

const REFUSED = {
  reason: "refused",
  refusal: "INVALID_EMAIL",
  property: "email",
  candidates: 0,
} as const;

function decided(world: World, object: string, key: string, decision: ReviewDecision | null): ReviewItem[] {
  world.review = world.review.map((item) =>
    item.object === object && item.key === key ? { ...item, decision } : item,
  );
  return world.review;
}

const WRITES = new Set<PlanRow["action"]>(["create", "update", "remove"]);

function selects(selection: RowSelection, row: PlanRow): boolean {
  if (selection.kind === "all") return true;
  if (selection.kind === "rows") return selection.ids.includes(row.id);
  const { action, object, property, search } = selection.filter;
  return (
    (property === null || row.changes.some((change) => change.property === property)) &&
    (action === null || row.action === action) &&
    (object === null || row.object === object) &&
    row.name.includes(search)
  );
}

/** What approvals, review, undo and drift answer until screens need more. */
export const safety = (world: () => World) => ({
  approve: (selection: RowSelection, approved: boolean) => {
    const made = world();
    for (const row of made.planRows) {
      if (!WRITES.has(row.action) || !selects(selection, row)) continue;
      row.waits = !approved;
    }
    const waiting = made.planRows.filter(({ waits }) => waits).length;
    made.plan = made.plan && { ...made.plan, waiting };
    return made.plan;
  },
  exportPlan: () => ({ path: "/home/jane/Downloads/clearsync-plan.csv" }),
  guard: () => guardNow,
  changeGuard: (change: GuardChange) => {
    guardNow = changed(change);
    return guardNow;
  },
  quota: () => ({
    dailyLimit: 250_000,
    dailyLeft: 249_812,
    seenAt: minutesAgo(3),
    resetsAt: null,
    freePercent: GUARD.freeRequestsPercent,
  }),
  review: () => world().review,
  reviewCandidates: () => CANDIDATES,
  decide: (object: string, key: string, decision: ReviewDecision) => decided(world(), object, key, decision),
  takeDecisionBack: (object: string, key: string) => decided(world(), object, key, null),
  runChanges: (query: RunChangesQuery) =>
    page(
      written().filter(
        ({ object, action, state }) =>
          (query.object === null || object === query.object) &&
          (query.action === null || action === query.action) &&
          (query.state === null || state === query.state),
      ),
      query,
    ),
  planUndo: (target: UndoTarget) => undoOf(world().undoRows, target),
  undoSummary: () => null,
  undoRows: (query: UndoQuery) =>
    page(
      world().undoRows.filter(({ action }) => query.action === null || action === query.action),
      query,
    ),
  holdUndo: (selection: RowSelection, waits: boolean) => {
    const rows = world().undoRows;
    const ids = selection.kind === "rows" ? selection.ids : rows.map(({ id }) => id);
    for (const row of rows) {
      if (row.action === "leave" || !ids.includes(row.id)) continue;
      row.waits = waits;
      row.held = waits;
    }
    return undoOf(rows, { kind: "everything" });
  },
  undo: () => null,
  drift: () => world().drift,
  checkDrift: () => {
    const made = world();
    made.drift = { ...made.drift, lookedAt: made.drift.total, at: minutesAgo(0) };
    return made.drift;
  },
  realtime: () => world().realtime,
  startRealtime: (url: string, port: number) => {
    if (!url.startsWith("https://"))
      throw { code: "realtimeAddressNotPublic", params: {}, action: null, requestId: null };
    world().realtime = { ...NO_REALTIME, state: "waiting", url, port, endpoint: "we_1Rt5ClearSync" };
    return world().realtime;
  },
  stopRealtime: () => {
    world().realtime = NO_REALTIME;
    return NO_REALTIME;
  },
  playbooks: () => [
    {
      id: "dunning",
      steps: [
        { id: "workflow", properties: [{ name: "clearsync_past_due", label: "Past due" }] },
        { id: "reenroll", properties: [{ name: "clearsync_past_due", label: "Past due" }] },
        { id: "mail", properties: [{ name: "clearsync_open_balance", label: "Open balance" }] },
        { id: "task", properties: [{ name: "clearsync_open_balance", label: "Open balance" }] },
        { id: "goal", properties: [{ name: "clearsync_past_due", label: "Past due" }] },
      ],
    },
    {
      id: "renewal",
      steps: [
        { id: "workflow", properties: [{ name: "clearsync_next_renewal", label: "Next renewal" }] },
        {
          id: "task",
          properties: [
            { name: "clearsync_plan", label: "Plan" },
            { name: "clearsync_mrr", label: "MRR" },
            { name: "clearsync_next_renewal", label: "Next renewal" },
          ],
        },
      ],
    },
  ],
});
