import { Button, PasswordInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconCheck, IconClipboard } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { useWords, type Words } from "../../i18n/words";
import type { KeyFinding, KeyInput, Mode, Problem, Service } from "../../ipc/backend";
import { useBackend } from "../../ipc/queries";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { useAction } from "../../kit/useAction";
import classes from "./keys.module.css";
import { OtherAccountDialog } from "./OtherAccountDialog";

const LOOK_AFTER_MS = 120;
const EMPTY: KeyFinding = { kind: "empty" };

interface KeyFormProps {
  service: Service;
  /** Whether the sample account's key is offered. */
  sample: boolean;
  onConnected?: () => void;
  /** Leaves without another key, where one is connected already. */
  onCancel?: () => void;
}

/** Takes a key and connects it. The field is emptied once the key is kept. */
export function KeyForm({ service, sample, onConnected, onCancel }: KeyFormProps) {
  const t = useWords();
  const connect = useConnect(service, () => onConnected?.());
  return (
    <>
      <KeyField
        service={service}
        sample={sample}
        busy={connect.busy}
        label={connect.busy ? t("key.connecting") : t(`key.connect.${service}`)}
        onKey={connect.start}
        onChange={connect.clear}
        onCancel={onCancel}
      >
        {connect.shown && (
          <ProblemNotice
            problem={connect.shown}
            onTryAgain={connect.again}
            onKeepForThisRun={connect.keepForThisRun}
          />
        )}
      </KeyField>
      <OtherAccountDialog
        service={service}
        problem={connect.other}
        onConfirm={connect.replace}
        onClose={connect.clear}
      />
    </>
  );
}

interface KeyFieldProps {
  service: Service;
  sample: boolean;
  busy: boolean;
  /** The verb on the button. */
  label: string;
  /** Does something with a key; tells whether it was taken, so that it goes from the field. */
  onKey: (input: KeyInput) => Promise<boolean>;
  onChange: () => void;
  onCancel?: (() => void) | undefined;
  children?: ReactNode;
}

/** A field for a key: typed, pasted by Rust past this window, or the sample's. */
export function KeyField({
  service,
  sample,
  busy,
  label,
  onKey,
  onChange,
  onCancel,
  children,
}: KeyFieldProps) {
  const t = useWords();
  const [text, setText] = useState("");
  const { finding, settled } = useFinding(service, text);
  // Who pastes a key and goes on at once is not made to wait: Rust looks at it again before anything is done with it.
  const usable = settled ? isKey(finding) : text !== "";
  const start = async (input: KeyInput) => {
    if (await onKey(input)) setText("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (usable) void start({ kind: "typed", text });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <PasswordInput
        label={t(`key.label.${service}`)}
        description={t(`key.hint.${service}`)}
        placeholder={t(`key.placeholder.${service}`)}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange();
        }}
        autoComplete="off"
        spellCheck={false}
        visibilityToggleButtonProps={{ "aria-label": t("key.show"), tabIndex: 0 }}
        classNames={{ innerInput: classes.keyText }}
        aria-describedby={`finding-${service}`}
        aria-invalid={finding.kind === "wrong" || undefined}
      />
      <div id={`finding-${service}`} className={classes.finding} aria-live="polite">
        <Finding finding={finding} />
      </div>
      <div className={classes.buttons}>
        <Button type="submit" disabled={!usable || busy}>
          {label}
        </Button>
        <Tooltip label={t("key.paste.hint")} multiline maw={280}>
          <Button
            variant="default"
            leftSection={<IconClipboard size={16} aria-hidden />}
            disabled={busy}
            onClick={() => void start({ kind: "clipboard" })}
          >
            {t("key.paste")}
          </Button>
        </Tooltip>
        {sample && (
          <Button variant="default" disabled={busy} onClick={() => void start({ kind: "sample" })}>
            {t("key.sample")}
          </Button>
        )}
        {onCancel && (
          <Button variant="subtle" color="gray" onClick={onCancel}>
            {t("key.keep")}
          </Button>
        )}
      </div>
      {children}
    </form>
  );
}

const isKey = ({ kind }: KeyFinding) => kind === "restricted" || kind === "secret" || kind === "hubSpotKey";

/** What the text is, told by Rust a moment after the last key; until then, what it was last and that it is not settled. */
function useFinding(service: Service, text: string): { finding: KeyFinding; settled: boolean } {
  const backend = useBackend();
  const [looked, setLooked] = useState({ text: "", finding: EMPTY });
  const [rested] = useDebouncedValue(text, LOOK_AFTER_MS);
  useEffect(() => {
    let current = true;
    const look = rested === "" ? Promise.resolve(EMPTY) : backend.lookAtKey(service, rested);
    const keep = (finding: KeyFinding) => current && setLooked({ text: rested, finding });
    look.then(keep, () => keep(EMPTY));
    return () => {
      current = false;
    };
  }, [backend, service, rested]);
  return text === "" ? { finding: EMPTY, settled: true } : { ...looked, settled: looked.text === text };
}

function Finding({ finding }: { finding: KeyFinding }) {
  const t = useWords();
  if (finding.kind === "empty") return null;
  if (finding.kind === "wrong") {
    return <ProblemNotice problem={{ code: finding.problem, params: {}, action: null, requestId: null }} />;
  }
  return (
    <p className={classes.found}>
      <IconCheck size={16} aria-hidden /> {foundText(t, finding)}
    </p>
  );
}

function foundText(t: Words, finding: Exclude<KeyFinding, { kind: "empty" | "wrong" }>): string {
  if (finding.kind === "hubSpotKey") return t("key.finding.hubSpotKey");
  const mode = (name: Mode) => t(`key.mode.${name}`);
  return t(`key.finding.${finding.kind}`, { mode: mode(finding.mode) });
}

interface Attempt {
  input: KeyInput;
  keep: boolean;
  replace: boolean;
}

/** Connects, and asks again where the user has to say a word first. A key is held only while its problem is shown. */
function useConnect(service: Service, onDone: () => void) {
  const backend = useBackend();
  const [last, setLast] = useState<Attempt | null>(null);
  const connecting = useAction(({ input, keep, replace }: Attempt) =>
    service === "stripe"
      ? backend.connectStripe(input, keep, replace)
      : backend.connectHubspot(input, keep, replace),
  );
  const attempt = async (next: Attempt) => {
    setLast(next);
    const connected = await connecting.run(next);
    if (connected) {
      setLast(null);
      onDone();
    }
    return connected;
  };
  const repeat = (change: Partial<Attempt>) => () => void (last && attempt({ ...last, ...change }));
  const { problem, busy, clear } = connecting;
  const other = isOther(problem) ? problem : null;
  return {
    busy,
    other,
    shown: other === null ? problem : null,
    start: (input: KeyInput) => attempt({ input, keep: false, replace: false }),
    again: repeat({}),
    keepForThisRun: repeat({ keep: true }),
    replace: repeat({ replace: true }),
    clear: () => {
      setLast(null);
      clear();
    },
  };
}

const isOther = (problem: Problem | null) =>
  problem?.code === "stripeKeyOtherAccount" || problem?.code === "hubSpotOtherPortal";
