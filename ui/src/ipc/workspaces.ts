import { createContext, use, useCallback, useEffect, useMemo, useState } from "react";
import {
  asProblem,
  type Forgotten,
  type Problem,
  type Shell,
  type WorkspaceId,
  type WorkspaceList,
  type WorkspaceRow,
} from "./backend";

/** The workspaces as the window knows them, and the ways between them. */
export interface Workspaces {
  rows: WorkspaceRow[];
  /** The one that is shown. */
  shown: WorkspaceRow;
  /** Shows another; one that could not be opened is tried again. Fails with a [`Problem`]. */
  show: (id: WorkspaceId) => Promise<void>;
  /** Adds one for another account and shows it. Fails with a [`Problem`]. */
  add: () => Promise<void>;
  /** What was forgotten, until the user has read it. */
  forgotten: Told | null;
  /** Forgets a workspace, or all without one, and keeps what was forgotten to be read. Fails with a [`Problem`]. */
  forget: (id: WorkspaceId | null) => Promise<void>;
  /** The user has read it. */
  forgottenIsRead: () => void;
}

/** What was forgotten. */
export interface Told {
  /** Whether it was everything, or one account. */
  all: boolean;
  report: Forgotten;
}

/** The workspaces. */
export const WorkspacesContext = createContext<Workspaces | null>(null);

/** The workspaces. */
export function useWorkspaces(): Workspaces {
  const workspaces = use(WorkspacesContext);
  if (workspaces === null) throw new Error("no workspaces in this tree");
  return workspaces;
}

/** Asks for the workspaces and hears of their changes. Which is shown is what the user chose here, never what is told. */
export function useShellWorkspaces(shell: Shell): {
  workspaces: Workspaces | null;
  problem: Problem | null;
  ask: () => Promise<void>;
} {
  const [list, setList] = useState<WorkspaceList | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [forgotten, setForgotten] = useState<Told | null>(null);
  const ask = useCallback(async () => {
    try {
      setList(await shell.workspaces());
      setProblem(null);
    } catch (cause) {
      setProblem(asProblem(cause));
    }
  }, [shell]);
  useEffect(() => {
    void ask();
    return shell.onWorkspaces((rows) => setList((now) => now && { ...now, rows }));
  }, [shell, ask]);

  const workspaces = useMemo(() => {
    if (list === null) return null;
    const shown = list.rows.find((row) => row.id === list.shown) ?? list.rows[0];
    if (shown === undefined) return null;
    return {
      rows: list.rows,
      shown,
      show: async (id: WorkspaceId) => setList(await shell.showWorkspace(id)),
      add: async () => setList(await shell.addWorkspace()),
      forgotten,
      forget: async (id: WorkspaceId | null) => {
        const report = id === null ? await shell.forget() : await shell.removeWorkspace(id);
        setForgotten({ all: id === null, report });
        setList(await shell.workspaces());
      },
      forgottenIsRead: () => setForgotten(null),
    };
  }, [shell, list, forgotten]);
  return { workspaces, problem, ask };
}
