import { ABOUT_ALL } from "../../src/ipc/backend";
import type { FakeBackend } from "./backend";
import { SCENARIOS, type Scenario } from "./scenarios";
import { FakeShell } from "./shell";

/** Stands in for Tauri in a browser: the window's own commands and events, answered by a made-up world. */
declare global {
  interface Window {
    /** Which world, where the test chose one before the page was loaded. */
    scenario?: Scenario;
    fake?: FakeBackend;
  }
}

type Callback = (value: unknown) => void;

const named = (name: string): name is Scenario => name in SCENARIOS;
const asked = new URLSearchParams(location.search).get("scenario") ?? "";
const shell = new FakeShell(
  SCENARIOS[window.scenario ?? (named(asked) ? asked : "stripeKey")](),
  SCENARIOS.welcome,
);
const aboutAll: readonly string[] = ABOUT_ALL;
const callbacks = new Map<number, Callback>();
const listeners = new Map<string, number[]>();

const camel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function tell(event: string, payload: unknown): void {
  for (const id of listeners.get(event) ?? []) callbacks.get(id)?.({ event, id, payload });
}

/** Bindings pass arguments by name, in the order of the command's parameters. */
function invoke(name: string, args: Record<string, unknown> = {}): Promise<unknown> {
  if (name === "plugin:event|listen") {
    const event = String(args.event);
    const id = Number(args.handler);
    listeners.set(event, [...(listeners.get(event) ?? []), id]);
    return Promise.resolve(id);
  }
  if (name.startsWith("plugin:")) return Promise.resolve(null);
  const { workspace, ...rest } = args;
  const all = aboutAll.includes(camel(name));
  const { backend } = heard(all ? shell.list().shown : String(workspace));
  const command = backend[camel(name) as "status"] as (...args: unknown[]) => Promise<unknown>;
  // As over the real boundary, values are copied.
  return command(...Object.values(all ? args : rest)).then((answer) => structuredClone(answer));
}

const listening = new Set<FakeBackend>();

/** The backend of a workspace, whose events are told from now on. */
function heard(workspace: string): FakeBackend {
  const fake = shell.of(workspace);
  if (!listening.has(fake)) {
    listening.add(fake);
    fake.backend.onStatus((status) => tell("status-changed", { workspace, status }));
    fake.backend.onChecklist((checklist) => tell("checklist-changed", { workspace, checklist }));
    fake.backend.onData((kinds) => tell("data-changed", { workspace, kinds }));
  }
  return fake;
}

shell.shell.onWorkspaces((rows) => tell("workspaces-changed", rows));
window.fake = shell.of("first");
Object.assign(window, {
  __TAURI_INTERNALS__: {
    invoke,
    transformCallback: (callback: Callback) => {
      const id = callbacks.size + 1;
      callbacks.set(id, callback);
      return id;
    },
    unregisterCallback: (id: number) => callbacks.delete(id),
  },
  __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => undefined },
});
