import type {
  FilterChoices,
  FilterEffect,
  Filters,
  MetadataKey,
  WriteModes,
  Writing,
} from "../../src/ipc/backend";

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

export const FILTER_CHOICES: FilterChoices = {
  products: [
    { id: "prod_Pro", name: "Pro", uses: 240 },
    { id: "prod_ProOld", name: "Pro", uses: 120 },
    { id: "prod_NoName", name: null, uses: 60 },
  ],
  prices: [
    { id: "price_ProMonthly", name: "Pro – Monthly", uses: 200 },
    { id: "price_ProYearly", name: "Pro – Yearly, paid in advance", uses: 160 },
    { id: "price_NoName", name: null, uses: 60 },
  ],
  currencies: [
    { id: "eur", name: null, uses: 300 },
    { id: "usd", name: null, uses: 120 },
  ],
};

/** Counts by the first product chosen alone. */
export function filterEffect(filters: Filters): FilterEffect {
  const [product] = filters.products;
  const uses = FILTER_CHOICES.products.find(({ id }) => id === product)?.uses ?? 0;
  return { subscriptions: 420, leftOut: product === undefined ? 0 : 420 - uses };
}
