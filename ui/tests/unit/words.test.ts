import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../../src/i18n/en.json";
import { makeWords } from "../../src/i18n/words";
import { kinds, members } from "./contract";

const keys = Object.keys(en);
const FAMILIES: [type: string, keys: (member: string) => string[]][] = [
  ["ProblemCode", (code) => [`problem.${code}.title`, `problem.${code}.text`]],
  ["AttentionKind", (kind) => [`attention.${kind}.title`, `attention.${kind}.text`]],
  ["SkipReason", (reason) => [`skip.${reason}`]],
  ["ListName", (list) => [`list.${list}`]],
  ["ListState", (state) => [`listState.${state}`]],
  ["SetupStep", (step) => [`setup.step.${step}`]],
  ["RunStep", (step) => [`step.${step}`]],
  ["RunKind", (kind) => [`run.${kind}`]],
  ["RunOutcome", (outcome) => [`outcome.${outcome}`, `firstSync.${outcome}`]],
  ["PlanAction", (action) => [`planAction.${action}`, `planFilter.${action}`]],
  ["ObjectType", (object) => [`object.${object}`, `objects.${object}`]],
  ["PropertyState", (state) => [`property.${state}`]],
  ["Level", (level) => [`level.${level}`]],
  ["Mode", (mode) => [`mode.${mode}`, `key.mode.${mode}`]],
  [
    "Service",
    (service) => [`service.${service}`, `key.label.${service}`, `settings.disconnect.${service}.text`],
  ],
  ["KeyStorage", (storage) => [`key.storage.${storage}`]],
  ["KeyKind", (kind) => [`key.kind.${kind}`]],
  ["TraceKind", (kind) => [`trace.${kind}`]],
  ["WholeReadReason", (reason) => [`history.whole.${reason}`]],
  ["GuidePreset", (preset) => [`guide.preset.${preset}`, `guide.preset.${preset}.text`]],
  ["UnverifiedCause", (cause) => [`cause.${cause}`]],
  ["MovementKind", (kind) => [`movement.${kind}`]],
  ["ChangeType", (type) => [`changeType.${type}`]],
  ["OriginKind", (kind) => [`origin.${kind}`]],
  ["StandingCode", (code) => [`standing.${code}`]],
  ["CauseCode", (cause) => [`difference.${cause}`]],
  ["CountedStatus", (status) => [`stripeStatus.${status}`]],
  ["PolicyId", (id) => [`policy.${id}`, `policy.${id}.text`]],
  ["DiscountRule", (rule) => [`switch.discounts.${rule}`]],
  ["CancellationRule", (rule) => [`switch.cancellation.${rule}`]],
  ["PauseRule", (rule) => [`switch.pause.${rule}`]],
  ["MeteredRule", (rule) => [`switch.metered.${rule}`]],
  ["FirstInvoiceRule", (rule) => [`switch.firstInvoice.${rule}`]],
  ["MovementGrain", (grain) => [`switch.grain.${grain}`]],
  ["ToZeroRule", (rule) => [`switch.toZero.${rule}`]],
  ["ReturningRule", (rule) => [`switch.returning.${rule}`]],
  ["ExchangeRule", (rule) => [`switch.exchange.${rule}`]],
  ["FactorRule", (rule) => [`switch.factors.${rule}`]],
  ["RateSource", (source) => [`rates.source.${source}`]],
  ["FindingCode", (code) => [`reconcile.count.${code}`, `reconcile.filter.${code}`, `reconcile.why.${code}`]],
  ["UnreadCode", (code) => [`reconcile.unread.${code}`]],
  ["Phase", (phase) => [`status.short.${phase}`, `tray.status.${phase}`]],
];

describe("words", () => {
  it.each(FAMILIES)("stand for every member of %s", (type, keysOf) => {
    const all = members(type);
    expect(all.length).toBeGreaterThan(1);
    expect(all.flatMap(keysOf).filter((key) => !keys.includes(key))).toEqual([]);
  });

  it("stand for every state of a row and every action", () => {
    expect(kinds("CheckState").filter((kind) => !keys.includes(`check.${kind}`))).toEqual([]);
    expect(kinds("Action").filter((kind) => !keys.includes(`action.${kind}`))).toEqual([]);
    expect(kinds("CheckState")).toHaveLength(7);
  });

  it("come in singular and plural together", () => {
    const halves = keys.filter((key) => /_(one|other)$/.test(key));
    const missing = halves.filter(
      (key) => !keys.includes(key.replace(/_(one|other)$/, key.endsWith("_one") ? "_other" : "_one")),
    );
    expect(missing).toEqual([]);
  });

  it("speak as ClearSync speaks", () => {
    const banned = /\b(invalid|please|sorry|oops|simply|forbidden)\b|!/i;
    const shouting = /^[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+$/;
    const wrong = Object.entries(en).filter(
      ([key, text]) => !key.startsWith("section.") && (banned.test(text) || shouting.test(text)),
    );
    expect(wrong).toEqual([]);
  });

  it("are written as the locale writes numbers, and count", () => {
    const german = makeWords("de");
    expect(german("progress.of", { done: 12_400, total: 20_000 })).toBe("12.400 of 20.000");
    const english = makeWords("en");
    expect(english("preview.push", { count: 1 })).toBe("Push 1 change");
    expect(english("preview.push", { count: 2120 })).toBe("Push 2,120 changes");
    expect(english.find("why.nothing")).toBeNull();
    expect(english.find("why.crm.objects.contacts.read")).toMatch(/contact/);
  });
});

describe("the source", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.tsx?$/.test(name) && !name.endsWith("bindings.ts"),
  );
  const sources = files.map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));

  it("has no words of its own between tags or in spoken attributes", () => {
    const literal =
      />\s*[A-Za-z][A-Za-z ,.'’]+\s*<\/|\b(label|title|placeholder|aria-label|description)="[^"{]*[A-Za-z]/;
    expect(
      sources.filter(({ name, text }) => name.endsWith(".tsx") && literal.test(text)).map(({ name }) => name),
    ).toEqual([]);
  });

  it("speaks to Rust in ipc alone", () => {
    const strangers = sources.filter(
      ({ name, text }) => !name.startsWith("ipc") && text.includes("@tauri-apps"),
    );
    expect(strangers.map(({ name }) => name)).toEqual([]);
  });

  it("uses every word there is", () => {
    const all = sources.map(({ text }) => text).join("\n");
    const made = [...all.matchAll(/`([a-zA-Z.]+\.)\$\{/g)].map((found) => found[1] ?? "");
    const forRust = [
      "tray.",
      "notification.",
      "undo.",
      "drift.",
      "playbook.",
      "realtime.",
      "rotate.",
      "forget.",
      "workspace.",
      "opening.terminal",
    ];
    const unused = keys.filter((key) => {
      const base = key.replace(/_(one|other)$/, "");
      return !all.includes(`"${base}"`) && ![...made, ...forRust].some((prefix) => base.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });
});
