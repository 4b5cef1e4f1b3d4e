import { QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect } from "react";
import type { Backend, DataKind, Filters, PolicyId, PolicySwitches, Problem, Service } from "./backend";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
  }
}

/** The backend of this window. */
export const BackendContext = createContext<Backend | null>(null);

/** The backend of this window. */
export function useBackend(): Backend {
  const backend = use(BackendContext);
  if (backend === null) throw new Error("no backend in this tree");
  return backend;
}

/** Makes the cache. Rust says when something has changed, so nothing is asked again by itself. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
      },
    },
  });
}

/** A file the user gave, named so that the answer to it is found again. */
export interface CsvFile {
  id: string;
  name: string;
  text: string;
}

/** How often it is asked whether the data is open by now. */
const OPENING_POLL_MS = 250;

/** Every question the window asks, with the name it is kept under. */
export const queries = {
  opening: (b: Backend) =>
    queryOptions({
      queryKey: ["opening"],
      queryFn: b.opening,
      refetchInterval: ({ state }) => (state.data?.state === "waiting" ? OPENING_POLL_MS : false),
    }),
  status: (b: Backend) => queryOptions({ queryKey: ["status"], queryFn: b.status }),
  setup: (b: Backend) => queryOptions({ queryKey: ["setup"], queryFn: b.setup }),
  checklist: (b: Backend, service: Service) =>
    queryOptions({ queryKey: ["checklist", service], queryFn: () => b.checklist(service) }),
  mailDomains: (b: Backend) => queryOptions({ queryKey: ["mailDomains"], queryFn: b.mailDomains }),
  filterChoices: (b: Backend) => queryOptions({ queryKey: ["filterChoices"], queryFn: b.filterChoices }),
  filterEffect: (b: Backend, filters: Filters) =>
    queryOptions({ queryKey: ["filterEffect", filters], queryFn: () => b.filterEffect(filters) }),
  realtime: (b: Backend) => queryOptions({ queryKey: ["realtime"], queryFn: b.realtime }),
  backups: (b: Backend) => queryOptions({ queryKey: ["backups"], queryFn: b.backups }),
  propertyPlan: (b: Backend) => queryOptions({ queryKey: ["propertyPlan"], queryFn: b.propertyPlan }),
  planSummary: (b: Backend) => queryOptions({ queryKey: ["planSummary"], queryFn: b.planSummary }),
  overview: (b: Backend) => queryOptions({ queryKey: ["overview"], queryFn: b.overview }),
  subscription: (b: Backend, id: string) =>
    queryOptions({ queryKey: ["subscription", id], queryFn: () => b.subscription(id) }),
  companyFigures: (b: Backend, currency: string | null, months: number) =>
    queryOptions({
      queryKey: ["companyFigures", currency, months],
      queryFn: () => b.companyFigures({ currency, months }),
    }),
  latestMovements: (b: Backend, currency: string | null, limit: number) =>
    queryOptions({
      queryKey: ["movements", "latest", currency, limit],
      queryFn: () =>
        b.movements({ search: "", kind: null, currency, from: null, to: null, offset: 0, limit }),
    }),
  explain: (b: Backend, subscription: string, at: string) =>
    queryOptions({ queryKey: ["explain", subscription, at], queryFn: () => b.explain(subscription, at) }),
  policies: (b: Backend) => queryOptions({ queryKey: ["policies"], queryFn: b.policies }),
  policyPreview: (b: Backend, switches: PolicySwitches) =>
    queryOptions({ queryKey: ["policyPreview", switches], queryFn: () => b.policyPreview(switches) }),
  bridge: (b: Backend, against: PolicyId) =>
    queryOptions({ queryKey: ["bridge", against], queryFn: () => b.bridge(null, against) }),
  exchangeRates: (b: Backend) => queryOptions({ queryKey: ["exchangeRates"], queryFn: b.exchangeRates }),
  reconcile: (b: Backend, file: CsvFile, against: PolicyId | null) =>
    queryOptions({
      queryKey: ["reconcile", file.id, against],
      queryFn: () => b.reconcile(file.text, against),
    }),
  writeModes: (b: Backend) => queryOptions({ queryKey: ["writeModes"], queryFn: b.writeModes }),
  writing: (b: Backend) => queryOptions({ queryKey: ["writing"], queryFn: b.writing }),
  metadataKeys: (b: Backend) => queryOptions({ queryKey: ["metadataKeys"], queryFn: b.metadataKeys }),
  guard: (b: Backend) => queryOptions({ queryKey: ["guard"], queryFn: b.guard }),
  quota: (b: Backend) => queryOptions({ queryKey: ["quota"], queryFn: b.quota }),
  playbooks: (b: Backend) => queryOptions({ queryKey: ["playbooks"], queryFn: b.playbooks }),
  review: (b: Backend) => queryOptions({ queryKey: ["review"], queryFn: b.review }),
  reviewCandidates: (b: Backend, object: string, key: string) =>
    queryOptions({
      queryKey: ["reviewCandidates", object, key],
      queryFn: () => b.reviewCandidates(object, key),
    }),
  drift: (b: Backend) => queryOptions({ queryKey: ["drift"], queryFn: b.drift }),
  runs: (b: Backend) => queryOptions({ queryKey: ["runs"], queryFn: b.runs }),
  attention: (b: Backend) => queryOptions({ queryKey: ["attention"], queryFn: b.attention }),
  settings: (b: Backend) => queryOptions({ queryKey: ["settings"], queryFn: b.settings }),
};

/** Which questions a change makes stale. */
const STALE: Record<DataKind, string[]> = {
  setup: ["setup", "propertyPlan", "writeModes", "writing"],
  figures: [
    "overview",
    "subscriptions",
    "subscription",
    "companyFigures",
    "movements",
    "explain",
    "policies",
    "policyPreview",
    "bridge",
    "exchangeRates",
    "reconcile",
    "filterChoices",
    "filterEffect",
  ],
  plan: ["planSummary", "planRows", "undoRows"],
  history: ["runs", "runChanges", "drift", "quota"],
  attention: ["attention", "review", "reviewCandidates", "drift"],
  settings: ["settings", "policies", "exchangeRates", "realtime"],
};

/** Keeps the cache in step with what Rust tells. Used once, at the top. */
export function useLiveData(): void {
  const backend = useBackend();
  const cache = useQueryClient();
  useEffect(() => {
    const ends = [
      backend.onStatus((status) => cache.setQueryData(["status"], status)),
      backend.onChecklist((list) => cache.setQueryData(["checklist", list.service], list)),
      backend.onData((kinds) => {
        for (const key of kinds.flatMap((kind) => STALE[kind])) {
          void cache.invalidateQueries({ queryKey: [key] });
        }
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [backend, cache]);
}

/** How far the data is open. */
export const useOpening = () => useQuery(queries.opening(useBackend()));
/** The state, as it is told. */
export const useStatus = () => useQuery(queries.status(useBackend()));
/** Where setup stands. */
export const useSetup = () => useQuery(queries.setup(useBackend()));
/** A checklist, row by row as it changes. */
export const useChecklist = (service: Service) => useQuery(queries.checklist(useBackend(), service));
/** The plan as it stands. */
export const usePlanSummary = () => useQuery(queries.planSummary(useBackend()));
/** What can be set. */
export const useSettings = () => useQuery(queries.settings(useBackend()));
