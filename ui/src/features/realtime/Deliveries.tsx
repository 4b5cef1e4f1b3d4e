import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconPlayerPause } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import type { RealtimeView as Realtime, RealtimeState } from "../../ipc/backend";
import { Id } from "../../kit/CopyButton";
import { Moment } from "../../kit/Moment";
import classes from "./realtime.module.css";

const LOOK: Record<RealtimeState, { Icon: typeof IconCircleCheck; tone: "ok" | "warn" | "quiet" }> = {
  off: { Icon: IconPlayerPause, tone: "quiet" },
  notListening: { Icon: IconPlayerPause, tone: "quiet" },
  waiting: { Icon: IconCircleDashed, tone: "quiet" },
  arriving: { Icon: IconCircleCheck, tone: "ok" },
  notArriving: { Icon: IconAlertTriangle, tone: "warn" },
};

/** Whether deliveries arrive, and the way they take. */
export function Deliveries({ realtime }: { realtime: Realtime }) {
  const t = useWords();
  const { state, url, port, endpoint, deliveries, lastDeliveryAt } = realtime;
  const { Icon, tone } = LOOK[state];
  return (
    <section className={classes.deliveries}>
      <p className={classes.state} data-tone={tone} role="status">
        <Icon size={16} aria-hidden /> {t(`realtime.${state}`)}
      </p>
      <dl className={classes.facts}>
        <div>
          <dt>{t("realtime.address")}</dt>
          <dd>{url !== null && <Id value={url} />}</dd>
        </div>
        <div>
          <dt>{t("realtime.port")}</dt>
          <dd>{port}</dd>
        </div>
        {endpoint !== null && (
          <div>
            <dt>{t("realtime.endpoint.label")}</dt>
            <dd>
              <Id value={endpoint} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t("realtime.deliveries")}</dt>
          <dd>
            {t("realtime.deliveries.count", { done: deliveries })}
            {lastDeliveryAt !== null && (
              <span className={classes.muted}>
                {" · "}
                <Moment at={lastDeliveryAt} />
              </span>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}
