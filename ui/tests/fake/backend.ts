import type {
  Backend,
  Checklist,
  DataKind,
  KeyFinding,
  KeyInput,
  MovementQuery,
  Problem,
  Service,
  Setup,
  SetupStep,
  Status,
  SubscriptionQuery,
  Writing,
} from "../../src/ipc/backend";
import * as data from "./data";
import * as figures from "./figures";
import { FILTER_CHOICES, filterEffect, METADATA_KEYS, MODES, WRITING } from "./modes";
import * as policies from "./policies";
import { rotation } from "./rotation";
import { safety } from "./safety";
import type { FakeShell } from "./shell";
import { type Command, summaryOf, type World } from "./world";

/** One call that reached the backend. */
export interface Call {
  command: Command;
  args: unknown[];
}

const ORDER: SetupStep[] = [
  "welcome",
  "stripeKey",
  "permissions",
  "hubSpot",
  "whatToCreate",
  "import",
  "review",
  "preview",
  "firstSync",
  "keepInSync",
];

/** A backend made of a world in memory, which keeps what it was asked. */
export class FakeBackend {
  readonly calls: Call[] = [];
  private readonly statusListeners = new Set<(status: Status) => void>();
  private readonly checklistListeners = new Set<(checklist: Checklist) => void>();
  private readonly dataListeners = new Set<(kinds: DataKind[]) => void>();

  /** Commands that answer with what comes of these promises. */
  late: Partial<Record<Command, Promise<unknown>>> = {};

  constructor(
    readonly world: World,
    private readonly shell: FakeShell,
  ) {}

  /** What the window sees. */
  readonly backend: Backend = new Proxy({} as Backend, {
    get: (_, name: string) => {
      if (name === "onStatus") return subscribe(this.statusListeners);
      if (name === "onChecklist") return subscribe(this.checklistListeners);
      if (name === "onData") return subscribe(this.dataListeners);
      return (...args: unknown[]) => this.call(name as Command, args);
    },
  });

  /** Changes the state and tells it. */
  setStatus(change: Partial<Status>): void {
    this.world.status = { ...this.world.status, ...change };
    for (const tell of this.statusListeners) tell(this.world.status);
  }

  /** Changes a checklist and tells it. */
  setChecklist(service: Service, change: Partial<Checklist>): void {
    this.world[service] = { ...this.world[service], ...change };
    for (const tell of this.checklistListeners) tell(this.world[service]);
  }

  /** Tells that data has changed. */
  tellData(...kinds: DataKind[]): void {
    for (const tell of this.dataListeners) tell(kinds);
  }

  /** The arguments of every call of a command. */
  callsOf(command: Command): unknown[][] {
    return this.calls.filter((call) => call.command === command).map((call) => call.args);
  }

  private call(command: Command, args: unknown[]): Promise<unknown> {
    this.calls.push({ command, args });
    if (this.world.silent.includes(command)) return new Promise(() => undefined);
    const late = this.late[command];
    if (late !== undefined) return late;
    const failure = this.world.failing[command];
    if (failure !== undefined) return Promise.reject(failure);
    const answer = this.answers[command] as (...args: unknown[]) => unknown;
    return Promise.resolve().then(() => answer(...args));
  }

  private moveSetup(change: Partial<Setup>): Setup {
    this.world.setup = { ...this.world.setup, ...change };
    return this.world.setup;
  }

  private reach(step: SetupStep): SetupStep {
    return ORDER.indexOf(step) > ORDER.indexOf(this.world.setup.reached) ? step : this.world.setup.reached;
  }

  writing: Writing = WRITING;

  private readonly answers: {
    [Name in Command]: (...args: Parameters<Backend[Name]>) => Awaited<ReturnType<Backend[Name]>>;
  } = {
    opening: () => this.world.opening,
    openAgain: (setAside) => {
      if (setAside) this.world.opening = { state: "open" };
      return null;
    },
    workspaces: () => this.shell.list(),
    showWorkspace: (id) => this.shell.show(id),
    addWorkspace: () => this.shell.add(),
    removeWorkspace: (id) => this.shell.remove(id),
    status: () => this.world.status,
    setup: () => this.world.setup,
    goToStep: (step) => this.moveSetup({ step, reached: this.reach(step) }),
    keyGuide: (_preset, mode) => ({
      link: `https://dashboard.stripe.com/${mode === "test" ? "test/" : ""}apikeys/create?name=ClearSync`,
      keyName: "ClearSync",
      website: "https://clearsync.ai",
      steps: [
        { id: "openKeysPage", copy: null },
        { id: "createRestrictedKey", copy: null },
        { id: "provideToAnotherWebsite", copy: "https://clearsync.ai" },
        { id: "nameKey", copy: "ClearSync" },
        { id: "setRows", copy: null },
        { id: "leaveTheRestAtNone", copy: null },
        { id: "createKey", copy: null },
        { id: "copyKey", copy: null },
      ],
      rows: this.world.stripe.rows.map(({ id, section, name, level }) => ({ id, section, name, level })),
      forTeammate:
        "Open https://dashboard.stripe.com/apikeys/create?name=ClearSync\nSet Charges, Customers and Events to Read.\nAll other rows stay on None.",
    }),
    lookAtKey: (service, text) => look(service, text),
    connectStripe: (input) => {
      refuseWrongKey("stripe", input);
      this.moveSetup({ stripe: data.stripe, reached: this.reach("permissions") });
      this.world.settings = { ...this.world.settings, stripe: data.stripe };
      this.setStatus({ stripe: data.stripe });
      return data.stripe;
    },
    connectHubspot: (input) => {
      refuseWrongKey("hubSpot", input);
      this.moveSetup({ hubspot: data.hubspot, reached: this.reach("whatToCreate") });
      this.world.settings = { ...this.world.settings, hubspot: data.hubspot };
      this.setStatus({ hubspot: data.hubspot });
      this.setChecklist(
        "hubSpot",
        data.checklist(
          "hubSpot",
          data.hubspotRows(() => ({ kind: "held" })),
        ),
      );
      this.tellData("setup", "settings");
      return data.hubspot;
    },
    disconnect: (service) => {
      const gone = service === "stripe" ? { stripe: null } : { hubspot: null };
      this.world.settings = { ...this.world.settings, ...gone };
      this.setStatus(gone);
      return this.moveSetup(gone);
    },
    checklist: (service) => this.world[service],
    choosePreset: (preset) => {
      this.setChecklist("stripe", { ...this.world.stripe, preset });
      return this.world.stripe;
    },
    checkAll: () => null,
    checkRow: (service, id) => {
      const rows = this.world[service].rows.map((row) =>
        row.id === id ? { ...row, state: { kind: "held" as const } } : row,
      );
      this.setChecklist(service, data.checklist(service, rows));
      return null;
    },
    checkExcess: () => {
      this.setChecklist("stripe", { excessChecked: true });
      return null;
    },
    watchChecklist: () => null,
    propertyPlan: () => this.world.properties,
    saveChoices: (choices) => this.moveSetup({ choices, reached: this.reach("import") }),
    writeModes: () => ({ ...MODES, current: this.writing.mode }),
    writing: () => this.writing,
    saveWriting: (writing) => {
      const amount = writing.filters.minimumMrr;
      if (amount !== null && !/^\d+(\.\d+)?$/.test(amount)) {
        throw { ...problem("writingRefused"), params: { field: "minimumMrr" } };
      }
      this.writing = writing;
      return writing;
    },
    metadataKeys: () => METADATA_KEYS,
    filterChoices: () => FILTER_CHOICES,
    filterEffect: (filters) => filterEffect(filters),
    startImport: () => null,
    makePlan: () => {
      this.world.plan = summaryOf(this.world.planRows);
      return this.world.plan;
    },
    planSummary: () => this.world.plan,
    planRows: ({ action, object, property, search, offset, limit }) => {
      const rows = this.world.planRows.filter(
        (row) =>
          (action === null || row.action === action) &&
          (object === null || row.object === object) &&
          (property === null || row.changes.some((change) => change.property === property)) &&
          row.name.includes(search),
      );
      return { rows: rows.slice(offset, offset + limit), total: rows.length };
    },
    push: () => null,
    ...safety(() => this.world),
    ...rotation({
      world: () => this.world,
      settingsChanged: () => this.tellData("settings"),
      beginAnew: () => {
        this.moveSetup({ step: "welcome", reached: "welcome", finished: false, stripe: null, hubspot: null });
        this.setStatus({ phase: "notSetUp", stripe: null, hubspot: null, attention: 0, waitingChanges: 0 });
        this.tellData("setup", "settings");
      },
    }),
    finishSetup: () => {
      this.moveSetup({ finished: true });
      this.setStatus({ phase: "idle" });
      return this.world.status;
    },
    syncNow: () => null,
    pause: () => {
      this.setStatus({ phase: "paused" });
      return this.world.status;
    },
    resume: () => {
      this.setStatus({ phase: "idle" });
      return this.world.status;
    },
    stop: () => {
      this.setStatus({ phase: "idle", progress: null });
      return this.world.status;
    },
    overview: () => this.world.overview,
    subscriptions: (query) => subscriptionPage(this.world, query),
    subscription: (id) => {
      const row = this.world.subscriptions.find((one) => one.id === id);
      if (row === undefined) throw problem("unexpected");
      return {
        row,
        customerId: "cus_QhZ6uL8qWm31vd",
        stripeUrl: `https://dashboard.stripe.com/subscriptions/${id}`,
        explanation: {
          sentence: "25 seats at €15.00, minus 20 %, billed every month.",
          lines: [
            {
              name: "Team – monthly",
              id: "price_1QhZ6uL8qWm31vdTeam",
              detail: "25 × €15.00",
              result: "€375.00",
            },
            { name: "Launch", id: "LAUNCH20", detail: "less 20 %, on the subscription", result: "−€75.00" },
            { name: "Subscription", id, detail: "Its status “active” counts.", result: "€300.00" },
          ],
          notes: row.noted ? ["The price has no interval, so a month was assumed."] : [],
        },
        timeline: figures.timelineOf(row),
        movements: figures.movementsOf(row),
      };
    },
    explain: (_, at) => ({
      sentence: `20 seats at €15.00, billed every month, as of ${at.slice(0, 10)}.`,
      lines: [
        {
          name: "Team – monthly",
          id: "price_1QhZ6uL8qWm31vdTeam",
          detail: "20 × €15.00",
          result: "€300.00",
        },
        { name: null, id: "si_QhZ6uL8qWm31vd", detail: "every month", result: "€300.00" },
      ],
      notes: [],
    }),
    companyFigures: ({ currency, months }) => {
      const { months: known, subscriptions } = this.world;
      if (known > 0) return figures.companyFigures(subscriptions, currency, months, known);
      return { ...figures.companyFigures([], "EUR", 1, 1), currencies: [], withoutRate: [], months: [] };
    },
    movements: (query) => movementPage(this.world, query),
    bridge: (_, against) => policies.bridge(against),
    policies: () => this.world.policies,
    policyPreview: (switches) =>
      policies.policyPreview(this.world.subscriptions, this.world.policies.active.switches, switches),
    choosePolicy: (id, switches) => {
      this.world.policies = policies.chosen(this.world.policies, id, switches);
      return this.world.policies;
    },
    exchangeRates: () => this.world.rates,
    setExchangeRates: (input) => {
      this.world.rates = policies.keptRates(input);
      return this.world.rates;
    },
    readHubspotRates: () => {
      this.world.rates = policies.hubspotRates();
      return this.world.rates;
    },
    reconcile: () => this.world.report,
    exportMrr: () => ({ path: "/home/jane/Downloads/MRR per subscriber per month.csv" }),
    runs: () => this.world.runs,
    attention: () => this.world.attention,
    settings: () => this.world.settings,
    changeSetting: (change) => {
      const { settings } = this.world;
      if (change.kind === "intervalMinutes") settings.intervalMinutes = change.value ?? null;
      if (change.kind === "autostart") settings.autostart = change.value;
      if (change.kind === "notify") settings.notify = change.value;
      if (change.kind === "choices") settings.choices = change.value;
      this.world.settings = { ...settings };
      return this.world.settings;
    },
    openLink: () => null,
    showDataFolder: () => null,
    mailDomains: () => this.world.mailDomains,
    saveMailDomains: (changes) => {
      const wrong = changes.added.find((domain) => !domain.includes("."));
      if (wrong !== undefined) {
        throw { ...problem("mailDomainUnreadable"), params: { value: wrong } };
      }
      this.world.mailDomains = { ...this.world.mailDomains, changes };
      return this.world.mailDomains;
    },
    backups: () => this.world.backups,
    backUp: () => {
      const row = {
        name: "clearsync-20260512T100000000Z.sqlite",
        madeAt: data.minutesAgo(0),
        sizeKib: 18_244,
        encrypted: true,
      };
      this.world.backups = [row, ...this.world.backups];
      return row;
    },
    saveReadableCopy: () => ({ path: "/home/jane/Downloads/clearsync-data.sqlite" }),
    diagnostics: () => data.diagnostics(),
    saveDiagnostics: () => ({ path: "/home/jane/Downloads/clearsync-diagnostics.zip" }),
    restoreBackup: (name) => {
      if (!this.world.backups.some((row) => row.name === name)) {
        throw { ...problem("backupUnusable"), params: { name } };
      }
      return null;
    },
  };
}

function subscribe<T>(listeners: Set<(value: T) => void>) {
  return (tell: (value: T) => void) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  };
}

const problem = (code: Problem["code"]): Problem => ({ code, params: {}, action: null, requestId: null });

function refuseWrongKey(service: Service, input: KeyInput): void {
  if (input.kind === "clipboard") throw problem("clipboardEmpty");
  if (input.kind !== "typed") return;
  if (input.text.includes("keychain"))
    throw { ...problem("keychainLocked"), action: { kind: "keepKeyForThisRun" } };
  if (input.text.includes("other"))
    throw problem(service === "stripe" ? "stripeKeyOtherAccount" : "hubSpotOtherPortal");
  if (input.text.includes("refused"))
    throw problem(service === "stripe" ? "stripeKeyRefused" : "hubSpotTokenRefused");
}

function look(service: Service, text: string): KeyFinding {
  const mode = text.includes("_test_") ? "test" : "live";
  if (service === "hubSpot") {
    return text.startsWith("pat-")
      ? { kind: "hubSpotKey" }
      : { kind: "wrong", problem: "hubSpotTokenUnknown" };
  }
  if (text.startsWith("rk_")) return { kind: "restricted", mode };
  if (text.startsWith("sk_")) return { kind: "secret", mode };
  return { kind: "wrong", problem: text.startsWith("pk_") ? "stripeKeyPublishable" : "stripeKeyUnknown" };
}

function subscriptionPage(world: World, { search, status, order, offset, limit }: SubscriptionQuery) {
  const wanted = search.toLowerCase();
  const rows = world.subscriptions.filter(
    (row) =>
      (status === null || row.status === status) &&
      `${row.customer} ${row.email} ${row.plans} ${row.id}`.toLowerCase().includes(wanted),
  );
  if (order === "mrrUp") rows.reverse();
  if (order === "customer") rows.sort((a, b) => a.customer.localeCompare(b.customer));
  return { rows: rows.slice(offset, offset + limit), total: rows.length };
}

function movementPage(world: World, query: MovementQuery) {
  const wanted = query.search.toLowerCase();
  const rows = world.movements.filter(
    (row) =>
      (query.kind === null || row.kind === query.kind) &&
      (query.currency === null || row.change.currency === query.currency) &&
      (query.from === null || row.at.slice(0, 7) >= query.from) &&
      (query.to === null || row.at.slice(0, 7) <= query.to) &&
      `${row.customer} ${row.plans} ${row.subscription}`.toLowerCase().includes(wanted),
  );
  return { rows: rows.slice(query.offset, query.offset + query.limit), total: rows.length };
}
