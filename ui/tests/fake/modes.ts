import type { MetadataKey, WriteModes, Writing } from "../../src/ipc/backend";

/** A portal on a plan with deals and without custom objects. */
export const MODES: WriteModes = {
  current: "summary",
  modes: [
    { mode: "summary", state: "available", missingScopes: [], limit: null, objects: ["company", "contact"] },
    {
      mode: "deals",
      state: "available",
      missingScopes: [],
      limit: null,
      objects: ["company", "contact", "lineItem", "deal"],
    },
    {
      mode: "customObjects",
      state: "notInPlan",
      missingScopes: [],
      limit: 0,
      objects: ["company", "contact", "subscription", "event"],
    },
  ],
  lineItems: true,
  formerRecords: 0,
};

/** What everybody begins with. */
export const WRITING: Writing = {
  mode: "summary",
  picked: null,
  filters: {
    excludeTrials: false,
    excludeFree: false,
    statuses: [],
    products: [],
    prices: [],
    currencies: [],
    minimumMrr: null,
    metadata: [],
  },
  metadata: [],
  removeFormer: false,
};

export const METADATA_KEYS: MetadataKey[] = [
  { owner: "customer", key: "org_id", objects: 42, example: "4711" },
  { owner: "price", key: "tier", objects: 6, example: "pro" },
];
