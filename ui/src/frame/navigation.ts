import { createContext, use } from "react";
import type { Service } from "../ipc/backend";

/** The views of the main window, in the order of the rail. */
export const VIEWS = ["overview", "subscriptions", "preview", "history", "attention", "settings"] as const;
/** One view of the main window. */
export type View = (typeof VIEWS)[number];

/** The ways from one place of the window to another, whichever part of it is open. */
export interface Navigation {
  open: (view: View) => void;
  /** Goes where another key can be pasted. */
  replaceKey: (service: Service) => void;
}

/** How this part of the window is left. */
export const NavigationContext = createContext<Navigation>({
  open: () => undefined,
  replaceKey: () => undefined,
});

/** How this part of the window is left. */
export const useNavigation = (): Navigation => use(NavigationContext);
