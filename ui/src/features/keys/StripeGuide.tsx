import { Button, SegmentedControl } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { GuidePreset, GuideRow, KeyGuide, Mode } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { CopyButton } from "../../kit/CopyButton";
import { Fold } from "../../kit/Fold";
import { groupBy } from "../../kit/groupBy";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import classes from "./keys.module.css";

const PRESETS: GuidePreset[] = ["standard", "strictlyReadOnly"];
const MODES: Mode[] = ["live", "test"];

/** How to make the Stripe key: the link, the steps, every row, and a text for whoever can do it. */
export function StripeGuide() {
  const t = useWords();
  const backend = useBackend();
  const checklist = useQuery(queries.checklist(backend, "stripe"));
  const preset = checklist.data?.preset ?? "standard";
  const choose = useAction((value: GuidePreset) => backend.choosePreset(value));
  const [mode, setMode] = useState<Mode>("live");
  const guide = useQuery({
    queryKey: ["guide", preset, mode],
    queryFn: () => backend.keyGuide(preset, mode),
  });
  return (
    <div className={classes.guide}>
      <div className={classes.choices}>
        <div>
          <SegmentedControl
            size="xs"
            aria-label={t("guide.preset")}
            value={preset}
            disabled={choose.busy}
            onChange={(value) => void choose.run(value as GuidePreset)}
            data={PRESETS.map((value) => ({ value, label: t(`guide.preset.${value}`) }))}
          />
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("guide.mode")}
          value={mode}
          onChange={(value) => setMode(value as Mode)}
          data={MODES.map((value) => ({ value, label: t(`mode.${value}`) }))}
        />
        <p className={classes.aside}>{t(`guide.preset.${preset}.text`)}</p>
      </div>
      {guide.error && <ProblemNotice problem={guide.error} onTryAgain={() => void guide.refetch()} />}
      {guide.isPending && <RowSkeletons rows={4} />}
      {guide.data && <Guide guide={guide.data} />}
    </div>
  );
}

function Guide({ guide }: { guide: KeyGuide }) {
  const t = useWords();
  const backend = useBackend();
  return (
    <>
      <div className={classes.link}>
        <Button
          leftSection={<IconExternalLink size={16} aria-hidden />}
          variant="light"
          onClick={() => void backend.openLink(guide.link).catch(() => undefined)}
        >
          {t("guide.openLink")}
        </Button>
        <p className={classes.aside}>{t("guide.openLink.text")}</p>
      </div>
      <div className={classes.folds}>
        <Fold title={t("guide.steps")}>
          <Steps guide={guide} />
        </Fold>
        <Fold title={t("guide.rows")}>
          <GuideRows rows={guide.rows} />
        </Fold>
        <Fold title={t("guide.teammate")}>
          <p className={classes.aside}>{t("guide.teammate.text")}</p>
          <pre className={classes.teammate}>{guide.forTeammate}</pre>
          <CopyButton text={guide.forTeammate} label={t("guide.teammate.copy")} />
        </Fold>
      </div>
    </>
  );
}

function Steps({ guide }: { guide: KeyGuide }) {
  const t = useWords();
  return (
    <ol className={classes.steps}>
      {guide.steps.map((step) => (
        <li key={step.id}>
          {t.find(`guide.${step.id}`, { name: guide.keyName, website: guide.website }) ?? step.id}
          {step.copy !== null && (
            <div>
              <CopyButton text={step.copy} label={t("guide.copyValue", { value: step.copy })} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}

function GuideRows({ rows }: { rows: GuideRow[] }) {
  const t = useWords();
  const needed = rows.filter((row) => row.level !== "none");
  return (
    <>
      <div className={classes.guideRows}>
        {groupBy(needed, (row) => row.section).map(([section, members]) => (
          <div key={section}>
            <h3 className={classes.guideSection}>{t.find(`section.${section}`) ?? section}</h3>
            <ul className={classes.plain}>
              {members.map((row) => (
                <li key={row.id} className={classes.guideRow}>
                  <span>{row.name}</span>
                  <span className={classes.aside}>{t(`level.${row.level}`)}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <p className={classes.aside}>{t("guide.rows.text")}</p>
    </>
  );
}
