import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { CompanyFigures } from "../../ipc/backend";
import { MonthCharts } from "./MonthCharts";
import { MonthTable } from "./MonthTable";
import classes from "./overview.module.css";

/** How far back the months go. */
export type Range = "12" | "24" | "all";
/** How many months each range asks for; the longest is all that Rust gives. */
export const MONTHS_BACK: Record<Range, number> = { "12": 12, "24": 24, all: 120 };

interface MonthSectionProps {
  figures: CompanyFigures;
  range: Range;
  onRange: (range: Range) => void;
}

/** MRR month by month, as charts or as a table. */
export function MonthSection({ figures, range, onRange }: MonthSectionProps) {
  const t = useWords();
  const [form, setForm] = useState<"charts" | "table">("charts");
  return (
    <section>
      <div className={classes.headingLine}>
        <h2>{t("months.title")}</h2>
        <div className={classes.controls}>
          <SegmentedControl
            size="xs"
            aria-label={t("months.range")}
            value={range}
            onChange={(value) => onRange(value as Range)}
            data={(["12", "24", "all"] as const).map((value) => ({
              value,
              label: t(`months.range.${value}`),
            }))}
          />
          <SegmentedControl
            size="xs"
            aria-label={t("months.form")}
            value={form}
            onChange={(value) => setForm(value as "charts" | "table")}
            data={(["charts", "table"] as const).map((value) => ({
              value,
              label: t(`months.form.${value}`),
            }))}
          />
        </div>
      </div>
      {form === "charts" ? <MonthCharts figures={figures} /> : <MonthTable months={figures.months} />}
    </section>
  );
}
