import { AppShell } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type ReactNode, useMemo, useState } from "react";
import { AttentionView } from "../features/attention/AttentionView";
import { HistoryView } from "../features/history/HistoryView";
import { MailDomainsView } from "../features/mailDomains/MailDomainsView";
import { MovementsView } from "../features/movements/MovementsView";
import { OverviewView } from "../features/overview/OverviewView";
import { PolicyView } from "../features/policy/PolicyView";
import { PreviewView } from "../features/preview/PreviewView";
import { RatesView } from "../features/rates/RatesView";
import { RealtimeView } from "../features/realtime/RealtimeView";
import { ReconciliationView } from "../features/reconciliation/ReconciliationView";
import { SettingsView } from "../features/settings/SettingsView";
import { SubscriptionsView } from "../features/subscriptions/SubscriptionsView";
import { GuardView } from "../features/writing/GuardView";
import { PlaybooksView } from "../features/writing/PlaybooksView";
import { WritingView } from "../features/writing/WritingView";
import type { Service, Status } from "../ipc/backend";
import classes from "./frame.module.css";
import { NavigationContext, type SettingsPage, VIEWS, type View } from "./navigation";
import { Rail } from "./Rail";

const RAIL_PX = { base: 56, sm: 208 };

/** The window of everyday: the rail, and one view beside it. */
export function MainWindow({ status }: { status: Status }) {
  const [place, setPlace] = useState<View | SettingsPage>("overview");
  const [month, setMonth] = useState<string | null>(null);
  const [replacing, setReplacing] = useState<Service | null>(null);
  const navigation = useMemo(() => {
    const go = (next: View | SettingsPage, from: { month?: string; replacing?: Service } = {}) => {
      setMonth(from.month ?? null);
      setReplacing(from.replacing ?? null);
      setPlace(next);
    };
    return {
      open: (next: View | SettingsPage) => go(next),
      openMonth: (of: string) => go("movements", { month: of }),
      replaceKey: (service: Service) => go("settings", { replacing: service }),
    };
  }, []);
  useHotkeys(
    VIEWS.map((target, index) => [`mod+${index + 1}`, () => navigation.open(target)]),
    [],
  );

  const views: Record<View | SettingsPage, ReactNode> = {
    overview: <OverviewView status={status} />,
    subscriptions: <SubscriptionsView />,
    movements: <MovementsView month={month} />,
    preview: <PreviewView status={status} />,
    history: <HistoryView />,
    attention: <AttentionView />,
    settings: <SettingsView tray={status.tray} replacing={replacing} onReplacing={setReplacing} />,
    policy: <PolicyView />,
    rates: <RatesView />,
    reconciliation: <ReconciliationView />,
    mailDomains: <MailDomainsView />,
    realtime: <RealtimeView />,
    writing: <WritingView />,
    guard: <GuardView />,
    playbooks: <PlaybooksView />,
  };
  return (
    <NavigationContext value={navigation}>
      <AppShell
        navbar={{ width: RAIL_PX, breakpoint: 0 }}
        padding={0}
        mode="static"
        className={classes.shell}
      >
        <AppShell.Navbar className={classes.rail}>
          <Rail status={status} place={place} />
        </AppShell.Navbar>
        <AppShell.Main className={classes.main} tabIndex={0}>
          {views[place]}
        </AppShell.Main>
      </AppShell>
    </NavigationContext>
  );
}
