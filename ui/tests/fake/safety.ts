import type { DriftView, GuardSettings, UndoSummary } from "../../src/ipc/backend";
import type { World } from "./world";

const GUARD: GuardSettings = {
  unaskedSharePercent: 20,
  unaskedRecords: 50,
  freeRequestsPercent: 10,
  properties: [],
};
const DRIFT: DriftView = { differing: 0, lookedAt: 0, total: 0, at: null, rows: [] };
const UNDO: UndoSummary = {
  id: 8,
  madeAt: "2026-06-01T12:00:00Z",
  target: { kind: "everything" },
  redo: false,
  putBack: 212,
  archived: 40,
  madeAgain: 0,
  links: 31,
  definitions: 14,
  left: 2,
  waiting: 0,
  requests: 12,
  dailyLimit: 250_000,
  dailyLeft: 249_812,
};

/** What approvals, review, undo and drift answer until screens need more. */
export const safety = (world: () => World) => ({
  approve: () => world().plan,
  exportPlan: () => ({ path: "/home/jane/Downloads/clearsync-plan.csv" }),
  guard: () => GUARD,
  changeGuard: () => GUARD,
  quota: () => ({
    dailyLimit: 250_000,
    dailyLeft: 249_812,
    seenAt: null,
    resetsAt: null,
    freePercent: GUARD.freeRequestsPercent,
  }),
  review: () => [],
  reviewCandidates: () => [],
  decide: () => [],
  takeDecisionBack: () => [],
  runChanges: () => ({ rows: [], total: 0 }),
  planUndo: () => UNDO,
  undoSummary: () => null,
  undoRows: () => ({ rows: [], total: 0 }),
  holdUndo: () => UNDO,
  undo: () => null,
  drift: () => DRIFT,
  checkDrift: () => DRIFT,
  playbooks: () => [],
});
