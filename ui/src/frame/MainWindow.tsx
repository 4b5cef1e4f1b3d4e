import { AppShell } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { type ReactNode, useMemo, useState } from "react";
import { AttentionView } from "../features/attention/AttentionView";
import { HistoryView } from "../features/history/HistoryView";
import { OverviewView } from "../features/overview/OverviewView";
import { PreviewView } from "../features/preview/PreviewView";
import { SettingsView } from "../features/settings/SettingsView";
import { SubscriptionsView } from "../features/subscriptions/SubscriptionsView";
import type { Service, Status } from "../ipc/backend";
import classes from "./frame.module.css";
import { NavigationContext, VIEWS, type View } from "./navigation";
import { Rail } from "./Rail";

const RAIL_PX = { base: 56, sm: 208 };

/** The window of everyday: the rail, and one view beside it. */
export function MainWindow({ status }: { status: Status }) {
  const [view, setView] = useState<View>("overview");
  const [replacing, setReplacing] = useState<Service | null>(null);
  const navigation = useMemo(
    () => ({
      open: (next: View) => {
        setReplacing(null);
        setView(next);
      },
      replaceKey: (service: Service) => {
        setReplacing(service);
        setView("settings");
      },
    }),
    [],
  );
  useHotkeys(
    VIEWS.map((target, index) => [`mod+${index + 1}`, () => navigation.open(target)]),
    [],
  );

  const views: Record<View, ReactNode> = {
    overview: <OverviewView status={status} />,
    subscriptions: <SubscriptionsView />,
    preview: <PreviewView status={status} />,
    history: <HistoryView />,
    attention: <AttentionView />,
    settings: <SettingsView tray={status.tray} replacing={replacing} onReplacing={setReplacing} />,
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
          <Rail status={status} view={view} />
        </AppShell.Navbar>
        <AppShell.Main className={classes.main}>{views[view]}</AppShell.Main>
      </AppShell>
    </NavigationContext>
  );
}
