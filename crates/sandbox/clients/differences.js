import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { cache } = createRequire(import.meta.url);

/**
 * How an answer differs from the model HubSpot's client read it into. The client itself drops a field it does not know,
 * takes any text for a date and misses nothing that is not there; its models and their declarations say better.
 */
export function differences(read, raw) {
  return [...differing(read.constructor, read, raw, "")];
}

/** How a refusal differs from the client's model of one, into which it reads none. */
export function differencesOfRefusal(raw) {
  const { exports } = moduleWith("ModelError", () => true);
  return [...differing(exports.ModelError, raw, raw, "")];
}

function* differing(model, read, raw, at) {
  const fields = model.getAttributeTypeMap();
  const required = requiredOf(model);
  for (const { name, baseName, type } of fields) {
    const place = `${at}.${baseName}`;
    if (raw[baseName] === undefined) {
      if (required.has(name)) {
        yield `${place} of ${model.name} is not there`;
      }
    } else {
      yield* unlike(read[name], raw[baseName], type, place);
    }
  }
  const known = new Set(fields.map((field) => field.baseName));
  for (const name of Object.keys(raw).filter((name) => !known.has(name))) {
    yield `${at}.${name} is unknown to ${model.name}`;
  }
}

function* unlike(read, raw, type, at) {
  const inside = (prefix, suffix) => type.slice(prefix.length, -suffix.length);
  if (type.endsWith(" | null")) {
    if (raw !== null) {
      yield* unlike(read, raw, inside("", " | null"), at);
    }
  } else if (raw === null) {
    yield `${at} is null and not ${type}`;
  } else if (type.startsWith("Array<")) {
    if (!Array.isArray(raw)) {
      yield `${at} is no list`;
      return;
    }
    for (const [place, item] of raw.entries()) {
      yield* unlike(read[place], item, inside("Array<", ">"), `${at}[${place}]`);
    }
  } else if (type.startsWith("{ [key: string]: ")) {
    for (const [key, value] of Object.entries(raw)) {
      yield* unlike(read[key], value, inside("{ [key: string]: ", "; }"), `${at}.${key}`);
    }
  } else if (type === "Date") {
    if (typeof raw !== "string" || Number.isNaN(read.getTime())) {
      yield `${at} is no date: ${raw}`;
    }
  } else if (["string", "number", "boolean"].includes(type)) {
    if (typeof raw !== type) {
      yield `${at} is no ${type}: ${JSON.stringify(raw)}`;
    }
  } else if (type.endsWith("Enum")) {
    if (!Object.values(exported(type)).includes(raw)) {
      yield `${at} is no ${type}: ${raw}`;
    }
  } else if (type !== "any") {
    // A refusal is not read into models.
    const model = read.constructor.getAttributeTypeMap ? read.constructor : exported(type);
    yield* differing(model, read, raw, at);
  }
}

/** The fields a model's declaration has without a question mark. */
function requiredOf(model) {
  const file = moduleWith(model.name, (value) => value === model).filename.replace(/\.js$/, ".d.ts");
  if (!existsSync(file)) {
    throw new Error(`${model.name} has no declaration in ${file}`);
  }
  const declared = readFileSync(file, "utf8").matchAll(/^ {4}'(\w+)'(\??):/gm);
  return new Set([...declared].filter(([, , optional]) => optional === "").map(([, name]) => name));
}

/** An enumeration: HubSpot's client gives every one of a name the same values. */
function exported(name) {
  return moduleWith(name, () => true).exports[name];
}

function moduleWith(name, fits) {
  const found = Object.values(cache).find(
    // Files that gather others export the same things again.
    ({ exports, filename }) =>
      /[/\\]models[/\\](?!all\.)/.test(filename) &&
      !/ObjectSerializer/.test(filename) &&
      exports?.[name] !== undefined &&
      fits(exports[name]),
  );
  if (found === undefined) {
    throw new Error(`HubSpot's client has no ${name}`);
  }
  return found;
}
