import type {
  Backend,
  Forgotten,
  FormerKey,
  KeyDifference,
  KeyInput,
  NewKey,
  Problem,
  Service,
} from "../../src/ipc/backend";
import * as data from "./data";
import type { World } from "./world";

type Commands =
  | "checkNewKey"
  | "leaveNewKey"
  | "takeNewKey"
  | "formerKeyWorks"
  | "forgetFormerKey"
  | "forget";
type Answers = {
  [Name in Commands]: (...args: Parameters<Backend[Name]>) => Awaited<ReturnType<Backend[Name]>>;
};

interface Told {
  world: () => World;
  /** What the settings show has changed. */
  settingsChanged: () => void;
  /** Everything stands at the beginning. */
  beginAnew: () => void;
}

/** Keys that change places, and everything forgotten. A new key that holds “less” lacks two rows. */
export function rotation({ world, settingsChanged, beginAnew }: Told): Answers {
  const set = (change: Partial<World["settings"]>) => {
    world().settings = { ...world().settings, ...change };
    settingsChanged();
  };
  return {
    checkNewKey: (service, input) => newKey(world(), service, input),
    leaveNewKey: () => null,
    takeNewKey: (service) => {
      const former = formerKey(service);
      const others = world().settings.formerKeys.filter((key) => key.service !== service);
      const lastFour = "n3w4";
      const taken =
        service === "stripe"
          ? { stripe: { ...data.stripe, lastFour } }
          : { hubspot: { ...data.hubspot, lastFour } };
      set({ ...taken, formerKeys: [...others, former] });
      return former;
    },
    formerKeyWorks: () => true,
    forgetFormerKey: (service) => {
      set({ formerKeys: world().settings.formerKeys.filter((key) => key.service !== service) });
      return null;
    },
    forget: () => {
      beginAnew();
      return forgotten();
    },
  };
}

const problem = (code: Problem["code"], params: Problem["params"] = {}): Problem => ({
  code,
  params,
  action: null,
  requestId: null,
});

function newKey(world: World, service: Service, input: KeyInput): NewKey {
  if (input.kind === "clipboard") throw problem("clipboardEmpty");
  const text = input.kind === "typed" ? input.text : "";
  if (text.includes("same")) throw problem("keyIsInUse");
  if (text.includes("other")) {
    throw problem("newKeyOtherAccount", { before: "acct_1QhZ6uL8qWm31vd", after: "acct_1Other" });
  }
  const less = text.includes("less");
  const rows: KeyDifference[] = world[service].rows
    .filter((row) => row.level !== "none")
    .map(({ id, name, level }, index) => ({
      id,
      name,
      level,
      old: index === 2 ? { kind: "missing" } : { kind: "held" },
      new: less && (index === 4 || index === 7) ? { kind: "missing" } : { kind: "held" },
    }));
  return {
    service,
    kind: service === "stripe" ? "restricted" : "hubSpot",
    lastFour: "n3w4",
    rows,
    oldWorks: true,
    fits: !less,
  };
}

/** A key that another took the place of. */
export function formerKey(service: Service): FormerKey {
  const stripe = service === "stripe";
  return {
    service,
    kind: stripe ? "restricted" : "hubSpot",
    mode: stripe ? "live" : null,
    lastFour: stripe ? data.stripe.lastFour : data.hubspot.lastFour,
    replacedAt: data.minutesAgo(3),
    url: stripe ? "https://dashboard.stripe.com/apikeys" : "https://app.hubspot.com/",
    canBeAsked: true,
  };
}

/** What was forgotten, with one thing left. */
export function forgotten(): Forgotten {
  const folder = "/home/jane/.local/share/ai.clearsync.desktop";
  const named = (kind: Forgotten["removed"][number]["kind"], name: string) => ({
    kind,
    name: `${folder}/${name}`,
  });
  return {
    removed: [
      { kind: "stripeKey", name: null },
      { kind: "hubSpotKey", name: null },
      named("database", "clearsync.sqlite"),
      named("database", "clearsync.sqlite-wal"),
      named("backup", "backups/clearsync-20260505T093000000Z.sqlite"),
      named("log", "logs/clearsync.2026-05-12.log"),
      { kind: "windowState", name: "/home/jane/.config/ai.clearsync.desktop/.window-state.json" },
      { kind: "autostart", name: null },
    ],
    left: [
      {
        trace: { kind: "endpoint", name: "we_1QhZ6uL8qWm31vd" },
        problem: problem("stripePermissionMissing"),
        url: "https://dashboard.stripe.com/webhooks",
      },
    ],
  };
}
