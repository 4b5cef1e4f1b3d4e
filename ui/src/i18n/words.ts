import i18next from "i18next";
import { createContext, use } from "react";
import en from "./en.json";

type Singular<K> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;

/** Every text there is. A text that a code names, such as `problem.${code}.title`, is checked code by code. */
export type WordKey = Singular<keyof typeof en>;

/** What the words name. Numbers are written as the locale writes them; `count` chooses singular or plural. */
export type WordValues = Record<string, string | number>;

/** The words of one language. */
export interface Words {
  (key: WordKey, values?: WordValues): string;
  /** The words under a key made from an id that only Rust knows, or `null` where there are none. */
  find(key: string, values?: WordValues): string | null;
}

/** Makes the words of `locale`; the texts fall back to English. */
export function makeWords(locale: string): Words {
  const i18n = i18next.createInstance();
  void i18n.init({
    lng: "en",
    resources: { en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  const numbers = new Intl.NumberFormat(locale);
  const written = (values: WordValues = {}) => {
    const texts = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "number" && name !== "count" ? numbers.format(value) : value,
    ]);
    const count = values["count"];
    const n = typeof count === "number" ? { n: numbers.format(count) } : {};
    return { ...n, ...Object.fromEntries(texts) };
  };
  const find = (key: string, values?: WordValues): string | null =>
    i18n.exists(key, written(values)) ? String(i18n.t(key, written(values))) : null;
  return Object.assign((key: WordKey, values?: WordValues) => String(i18n.t(key, written(values))), { find });
}

/** The words of this window. */
export const WordsContext = createContext<Words>(makeWords("en"));

/** The words of this window. */
export const useWords = (): Words => use(WordsContext);
