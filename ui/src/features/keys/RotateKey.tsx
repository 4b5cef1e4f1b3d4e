import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { useWords } from "../../i18n/words";
import type { KeyInput, NewKey, Service } from "../../ipc/backend";
import { useBackend, useSetup } from "../../ipc/queries";
import { Fold } from "../../kit/Fold";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import { HubSpotGuide } from "./HubSpotGuide";
import { KeyComparison } from "./KeyComparison";
import { KeyField } from "./KeyForm";
import classes from "./keys.module.css";
import { StripeGuide } from "./StripeGuide";

interface RotateKeyProps {
  service: Service;
  onDone: () => void;
}

/** Puts a new key in the place of the one in use: make it, have it checked beside the old one, and take it. */
export function RotateKey({ service, onDone }: RotateKeyProps) {
  const t = useWords();
  const backend = useBackend();
  const sample = useSetup().data?.sampleData ?? false;
  const [checked, setChecked] = useState<NewKey | null>(null);
  const check = useAction(async (input: KeyInput) => {
    setChecked(null);
    setChecked(await backend.checkNewKey(service, input));
  });
  // A key that was checked and not taken waits for nobody once the guide is left.
  useEffect(() => () => void backend.leaveNewKey(service).catch(() => undefined), [backend, service]);
  return (
    <section className={classes.rotate} aria-label={t(`rotate.title.${service}`)}>
      <div>
        <h3 className={classes.rotateTitle}>{t(`rotate.title.${service}`)}</h3>
        <p className={classes.aside}>{t("rotate.lead")}</p>
      </div>
      <Step number={1} title={t("rotate.make")}>
        <p>{t(`rotate.make.${service}`)}</p>
        <Fold title={t("guide.title")}>{service === "stripe" ? <StripeGuide /> : <HubSpotGuide />}</Fold>
      </Step>
      <Step number={2} title={t("rotate.check")}>
        <KeyField
          service={service}
          sample={sample}
          busy={check.busy}
          label={check.busy ? t("rotate.checking") : t("rotate.checkButton")}
          onKey={check.run}
          onChange={check.clear}
          onCancel={onDone}
        >
          {check.problem && <ProblemNotice problem={check.problem} />}
        </KeyField>
      </Step>
      {checked && (
        <Step number={3} title={t("rotate.take")}>
          <Verdict checked={checked} />
          <KeyComparison rows={checked.rows} />
          {checked.fits && <Take checked={checked} onDone={onDone} />}
        </Step>
      )}
    </section>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <div className={classes.rotateStep}>
      <span className={classes.rotateNumber} aria-hidden>
        {number}
      </span>
      <div className={classes.rotateBody}>
        <h4 className={classes.rotateStepTitle}>{title}</h4>
        {children}
      </div>
    </div>
  );
}

function Verdict({ checked: { fits, oldWorks } }: { checked: NewKey }) {
  const t = useWords();
  const text = fits ? t(oldWorks ? "rotate.fits" : "rotate.oldGone") : t("rotate.lost");
  return (
    <p className={classes.verdict} data-tone={fits ? "ok" : "warn"} role="status">
      {fits ? (
        <IconCircleCheck size={16} stroke={1.5} aria-hidden />
      ) : (
        <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
      )}
      {text}
    </p>
  );
}

/** The one step in which the keys change places. */
function Take({ checked, onDone }: { checked: NewKey; onDone: () => void }) {
  const t = useWords();
  const backend = useBackend();
  const { service, lastFour } = checked;
  const take = useAction((keepForThisRun: boolean) => backend.takeNewKey(service, keepForThisRun));
  const start = async (keepForThisRun: boolean) => {
    if (await take.run(keepForThisRun)) onDone();
  };
  return (
    <>
      {take.problem && <ProblemNotice problem={take.problem} onKeepForThisRun={() => void start(true)} />}
      <div className={classes.buttons}>
        <Button loading={take.busy} onClick={() => void start(false)}>
          {t("rotate.takeButton", { lastFour })}
        </Button>
        <Button variant="subtle" color="gray" onClick={onDone}>
          {t("key.keep")}
        </Button>
      </div>
      <p className={classes.aside}>{t("rotate.take.text")}</p>
    </>
  );
}
