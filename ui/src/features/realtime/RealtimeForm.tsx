import { Button, NumberInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useWords } from "../../i18n/words";
import type { RealtimeView as Realtime } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { CopyButton } from "../../kit/CopyButton";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./realtime.module.css";

const PORTS = { min: 1024, max: 65_535 };

interface RealtimeFormProps {
  realtime: Realtime;
  onStarted: (started: Realtime) => void;
  /** Leaves everything as it is, where real time is on. */
  onCancel: (() => void) | undefined;
}

/** The two ends of the way from Stripe to this computer. */
export function RealtimeForm({ realtime, onStarted, onCancel }: RealtimeFormProps) {
  const t = useWords();
  const backend = useBackend();
  const [url, setUrl] = useState(realtime.url ?? "");
  const [port, setPort] = useState<number | string>(realtime.port);
  const usable = url.trim() !== "" && typeof port === "number";
  const start = useAction(async (keepForThisRun: boolean) => {
    if (usable) onStarted(await backend.startRealtime(url.trim(), port, keepForThisRun));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void start.run(false);
  };
  const target = `http://127.0.0.1:${port}`;
  return (
    <form className={classes.form} onSubmit={submit}>
      <ol className={classes.steps}>
        <li>
          <p>{t("realtime.step.port")}</p>
          <NumberInput
            w={160}
            label={t("realtime.port")}
            value={port}
            onChange={setPort}
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=""
            hideControls
            clampBehavior="blur"
            {...PORTS}
          />
        </li>
        <li>
          <p>{t("realtime.step.tunnel", { target })}</p>
          <div>
            <CopyButton text={target} label={t("realtime.copyTarget")} />
          </div>
        </li>
        <li>
          <p>{t("realtime.step.address")}</p>
          <TextInput
            label={t("realtime.address")}
            placeholder={t("realtime.address.placeholder")}
            value={url}
            onChange={(event) => {
              setUrl(event.currentTarget.value);
              start.clear();
            }}
            spellCheck={false}
            autoComplete="off"
            inputMode="url"
          />
        </li>
      </ol>
      {start.problem && (
        <ProblemNotice
          problem={start.problem}
          onTryAgain={() => void start.run(false)}
          onKeepForThisRun={() => void start.run(true)}
        />
      )}
      <div className={classes.buttons}>
        <Button type="submit" disabled={!usable} loading={start.busy}>
          {t(onCancel ? "realtime.save" : "realtime.start")}
        </Button>
        {onCancel && (
          <Button variant="subtle" color="gray" onClick={onCancel}>
            {t("cancel")}
          </Button>
        )}
      </div>
      <p className={classes.muted}>{t("realtime.start.text")}</p>
    </form>
  );
}
