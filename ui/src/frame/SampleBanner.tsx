import { IconFlask } from "@tabler/icons-react";
import { useWords } from "../i18n/words";
import classes from "./frame.module.css";

/** Says that nothing shown is real. */
export function SampleBanner() {
  const t = useWords();
  return (
    <aside className={classes.sample} aria-label={t("sample.title")}>
      <IconFlask size={16} aria-hidden />
      <strong>{t("sample.title")}</strong>
      <span>{t("sample.text")}</span>
    </aside>
  );
}
