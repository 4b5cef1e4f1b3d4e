import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useWords } from "../i18n/words";
import { type Shell, untilClosed, type WorkspaceId } from "../ipc/backend";
import { BackendContext, makeQueryClient } from "../ipc/queries";
import { useShellWorkspaces, WorkspacesContext } from "../ipc/workspaces";
import { RowSkeletons } from "../kit/Skeletons";
import classes from "./frame.module.css";
import { Window } from "./Window";

/** The window of the workspace that is shown. Another is another window: nothing that is known of one is kept for it. */
export function ShownWorkspace({ shell }: { shell: Shell }) {
  const { workspaces, problem, ask } = useShellWorkspaces(shell);
  const t = useWords();
  if (workspaces === null) {
    return (
      <main className={classes.start}>
        {problem === null ? (
          <RowSkeletons rows={6} />
        ) : (
          <div role="alert">
            <p>{t(`problem.${problem.code}.title`, problem.params)}</p>
            <Button onClick={() => void ask()}>{t("action.tryAgain")}</Button>
          </div>
        )}
      </main>
    );
  }
  return (
    <WorkspacesContext value={workspaces}>
      <OneWorkspace key={workspaces.shown.id} shell={shell} id={workspaces.shown.id} />
    </WorkspacesContext>
  );
}

function OneWorkspace({ shell, id }: { shell: Shell; id: WorkspaceId }) {
  const [cache] = useState(makeQueryClient);
  const [closing] = useState(() => new AbortController());
  const backend = useMemo(() => untilClosed(shell.workspace(id), closing.signal), [shell, id, closing]);
  useEffect(
    () => () => {
      closing.abort();
      notifications.clean();
    },
    [closing],
  );
  return (
    <QueryClientProvider client={cache}>
      <BackendContext value={backend}>
        <Window />
      </BackendContext>
    </QueryClientProvider>
  );
}
