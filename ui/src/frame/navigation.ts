import { createContext, use } from "react";
import type { Service } from "../ipc/backend";

/** The views of the main window, in the order of the rail. */
export const VIEWS = [
  "overview",
  "subscriptions",
  "movements",
  "preview",
  "history",
  "attention",
  "settings",
] as const;
/** One view of the rail. */
export type View = (typeof VIEWS)[number];
/** A page that stands under the settings. */
export type SettingsPage =
  | "policy"
  | "rates"
  | "reconciliation"
  | "mailDomains"
  | "realtime"
  | "writing"
  | "guard"
  | "playbooks";

/** The ways from one place of the window to another, whichever part of it is open. */
export interface Navigation {
  open: (place: View | SettingsPage) => void;
  /** Shows the movements of one month, a `YYYY-MM`. */
  openMonth: (month: string) => void;
  /** Goes where another key can be pasted. */
  replaceKey: (service: Service) => void;
}

/** How this part of the window is left. */
export const NavigationContext = createContext<Navigation>({
  open: () => undefined,
  openMonth: () => undefined,
  replaceKey: () => undefined,
});

/** How this part of the window is left. */
export const useNavigation = (): Navigation => use(NavigationContext);
