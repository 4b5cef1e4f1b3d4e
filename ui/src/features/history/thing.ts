import type { Words } from "../../i18n/words";

/** What a kind of record, link or definition is called, by the name it has in the journal. */
export function thing(t: Words, object: string): string {
  return t.find(`thing.${object}`) ?? object;
}
