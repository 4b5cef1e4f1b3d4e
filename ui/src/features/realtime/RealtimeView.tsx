import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { RealtimeView as Realtime } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { ConfirmDialog } from "../../kit/ConfirmDialog";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import { Deliveries } from "./Deliveries";
import { RealtimeForm } from "./RealtimeForm";
import classes from "./realtime.module.css";

/** Whether Stripe tells this computer at once that something happened, and how to let it. */
export function RealtimeView() {
  const t = useWords();
  const backend = useBackend();
  const { open } = useNavigation();
  const realtime = useQuery(queries.realtime(backend));
  return (
    <Page
      title={t("realtime.title")}
      lead={t("realtime.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
    >
      {realtime.error && (
        <ProblemNotice problem={realtime.error} onTryAgain={() => void realtime.refetch()} />
      )}
      {realtime.isPending && <RowSkeletons rows={5} height={48} />}
      {realtime.data && <Switched realtime={realtime.data} />}
    </Page>
  );
}

function Switched({ realtime }: { realtime: Realtime }) {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const [changing, setChanging] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const { queryKey } = queries.realtime(backend);
  const stop = useAction(async () => {
    try {
      cache.setQueryData(queryKey, await backend.stopRealtime());
    } finally {
      // An endpoint that is left in Stripe is a problem, and real time is off all the same.
      await cache.invalidateQueries({ queryKey });
    }
  });
  const problem = stop.problem ?? realtime.problem;
  const off = realtime.state === "off";
  return (
    <div className={classes.body}>
      {problem && <ProblemNotice problem={problem} />}
      {off ? <p className={classes.muted}>{t("realtime.off")}</p> : <Deliveries realtime={realtime} />}
      {off || changing ? (
        <RealtimeForm
          realtime={realtime}
          onStarted={(started) => {
            cache.setQueryData(queryKey, started);
            setChanging(false);
            stop.clear();
          }}
          onCancel={off ? undefined : () => setChanging(false)}
        />
      ) : (
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => setChanging(true)}>
            {t("realtime.change")}
          </Button>
          <Button variant="subtle" color="red" loading={stop.busy} onClick={() => setLeaving(true)}>
            {t("realtime.stop")}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={leaving}
        title={t("realtime.stop.title")}
        text={t("realtime.stop.text")}
        confirm={t("realtime.stop")}
        onClose={() => setLeaving(false)}
        onConfirm={() => {
          setLeaving(false);
          void stop.run();
        }}
      />
    </div>
  );
}
