import { LOCALE } from "../../i18n/format";
import type { Words } from "../../i18n/words";
import type { CauseCode } from "../../ipc/backend";

/** Why two ways of counting differ, in a few words. */
export function causesText(t: Words, causes: CauseCode[]): string {
  const words = causes.map((cause) => t(`difference.${cause}`));
  return new Intl.ListFormat(LOCALE, { style: "short", type: "unit" }).format(words);
}
