import { Button, Select, Switch } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWords, type Words } from "../../i18n/words";
import type { Service, Settings, SettingsChange, TrayPresence } from "../../ipc/backend";
import { queries, useBackend, useSettings } from "../../ipc/queries";
import { useWorkspaces } from "../../ipc/workspaces";
import { Id } from "../../kit/CopyButton";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { Backups } from "./Backups";
import { ChoiceSwitches } from "./ChoiceSwitches";
import { Connections } from "./Connections";
import { Diagnostics } from "./Diagnostics";
import { FiguresLinks, PageLink } from "./FiguresLinks";
import { Forget } from "./Forget";
import classes from "./settings.module.css";

const INTERVALS_MIN = [1, 5, 15, 30, 60, 360, 1440];
const AUTO = "auto";

interface SettingsViewProps {
  tray: TrayPresence;
  /** The service whose key is being replaced. */
  replacing: Service | null;
  onReplacing: (service: Service | null) => void;
}

/** What can be set, and what is good to know. */
export function SettingsView({ tray, replacing, onReplacing }: SettingsViewProps) {
  const t = useWords();
  const settings = useSettings();
  const change = useChange();
  return (
    <Page title={t("settings.title")}>
      {settings.isPending && <RowSkeletons rows={12} height={48} />}
      {settings.error && (
        <ProblemNotice problem={settings.error} onTryAgain={() => void settings.refetch()} />
      )}
      {change.problem && <ProblemNotice problem={change.problem} />}
      {settings.data && (
        <>
          <Section title={t("settings.connections")}>
            <Connections settings={settings.data} replacing={replacing} onReplacing={onReplacing} />
          </Section>
          <Section title={t("workspace.accounts")}>
            <AddAccount />
          </Section>
          <Section title={t("settings.figures")}>
            <FiguresLinks />
          </Section>
          <Section title={t("settings.writing")}>
            <div className={classes.links}>
              <PageLink page="writing" title={t("writing.title")} now={t("writing.short")} />
              <PageLink page="guard" title={t("guard.title")} now={t("guard.short")} />
              <PageLink page="playbooks" title={t("playbooks.title")} now={t("playbooks.short")} />
            </div>
          </Section>
          <Section title={t("settings.create")}>
            <ChoiceSwitches
              choices={settings.data.choices}
              onChange={(value) => void change.run({ kind: "choices", value })}
            />
            <PageLink page="mailDomains" title={t("mailDomains.title")} now={t("mailDomains.short")} />
          </Section>
          <Schedule settings={settings.data} tray={tray} onChange={(one) => void change.run(one)} />
          <DataFolder folder={settings.data.dataFolder} />
          <About settings={settings.data} />
          <Section title={t("forget.heading")}>
            <Forget />
          </Section>
        </>
      )}
    </Page>
  );
}

function useChange() {
  const backend = useBackend();
  const cache = useQueryClient();
  return useAction(async (change: SettingsChange) => {
    cache.setQueryData(queries.settings(backend).queryKey, await backend.changeSetting(change));
  });
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h2 className={classes.sectionTitle}>{title}</h2>
      <div className={classes.sectionBody}>{children}</div>
    </section>
  );
}

interface ScheduleProps {
  settings: Settings;
  tray: TrayPresence;
  onChange: (change: SettingsChange) => void;
}

function Schedule({ settings, tray, onChange }: ScheduleProps) {
  const t = useWords();
  const { intervalMinutes, intervalNowMinutes, metered, autostart, notify } = settings;
  const intervalNow = metered
    ? t("settings.interval.metered")
    : t("settings.interval.now", { count: intervalNowMinutes });
  const known = intervalMinutes === null || INTERVALS_MIN.includes(intervalMinutes);
  const intervals = known ? INTERVALS_MIN : [...INTERVALS_MIN, intervalMinutes].sort((a, b) => a - b);
  return (
    <Section title={t("settings.schedule")}>
      <Select
        w={280}
        allowDeselect={false}
        label={t("settings.interval")}
        description={intervalMinutes === null ? intervalNow : undefined}
        value={intervalMinutes === null ? AUTO : String(intervalMinutes)}
        onChange={(value) =>
          onChange({ kind: "intervalMinutes", value: value === AUTO ? null : Number(value) })
        }
        data={[
          { value: AUTO, label: t("settings.interval.auto") },
          ...intervals.map((minutes) => ({ value: String(minutes), label: interval(t, minutes) })),
        ]}
      />
      <Switch
        label={t("keep.autostart")}
        description={t("keep.autostart.text")}
        checked={autostart}
        onChange={(event) => onChange({ kind: "autostart", value: event.currentTarget.checked })}
      />
      <Switch
        label={t("settings.notify")}
        description={t("settings.notify.text")}
        checked={notify}
        onChange={(event) => onChange({ kind: "notify", value: event.currentTarget.checked })}
      />
      {tray === "noHost" && <p className={classes.muted}>{t("keep.noTray")}</p>}
      <RealtimeLink />
    </Section>
  );
}

function AddAccount() {
  const t = useWords();
  const { add } = useWorkspaces();
  const adding = useAction(add);
  return (
    <div className={classes.asideAndButton}>
      <p className={classes.muted}>{t("workspace.add.text")}</p>
      {adding.problem && <ProblemNotice problem={adding.problem} />}
      <Button variant="default" size="xs" loading={adding.busy} onClick={() => void adding.run()}>
        {t("workspace.add")}
      </Button>
    </div>
  );
}

function RealtimeLink() {
  const t = useWords();
  const realtime = useQuery(queries.realtime(useBackend()));
  const now = realtime.data && t(`realtime.short.${realtime.data.state}`);
  return <PageLink page="realtime" title={t("realtime.title")} now={now} />;
}

function interval(t: Words, minutes: number): string {
  if (minutes % 60 === 0) return t("settings.interval.hours", { count: minutes / 60 });
  return t("settings.interval.minutes", { count: minutes });
}

function DataFolder({ folder }: { folder: string }) {
  const t = useWords();
  const backend = useBackend();
  return (
    <Section title={t("settings.data")}>
      <div className={classes.line}>
        <Id value={folder} />
        <Button
          variant="default"
          size="xs"
          onClick={() => void backend.showDataFolder().catch(() => undefined)}
        >
          {t("settings.dataFolder.show")}
        </Button>
      </div>
      <Backups />
      <Diagnostics />
    </Section>
  );
}

function About({ settings }: { settings: Settings }) {
  const t = useWords();
  const versions = [
    { name: t("settings.version"), version: settings.version },
    { name: t("settings.stripeApi"), version: settings.stripeApiVersion },
    { name: t("settings.hubspotApi"), version: settings.hubspotApiVersion },
  ];
  return (
    <Section title={t("settings.about")}>
      <dl className={classes.versions}>
        {versions.map(({ name, version }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{version}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
