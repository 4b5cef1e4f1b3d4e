import { readFileSync } from "node:fs";

const bindings = readFileSync("src/ipc/bindings.ts", "utf8");

/** The members of a union in the generated contract, read from its text. */
export function members(type: string): string[] {
  const text = new RegExp(`export type ${type} = ([^;]*);`).exec(bindings)?.[1] ?? "";
  return [...text.matchAll(/^"(\w+)"|(?<=\| )"(\w+)"|(?<=\n)"(\w+)"/g)].map(
    (found) => found[1] ?? found[2] ?? found[3] ?? "",
  );
}

/** The kinds of a tagged union in the generated contract. */
export function kinds(type: string): string[] {
  const text = new RegExp(`export type ${type} = ([\\s\\S]*?);\\n\\n`).exec(bindings)?.[1] ?? "";
  return [...text.matchAll(/kind: "(\w+)"/g)].map((found) => found[1] ?? "");
}
