import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "../../i18n/words";
import type { BridgeView, PolicyChoices, PolicyId } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Change } from "../../kit/Change";
import { Money } from "../../kit/Money";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import classes from "./policy.module.css";

/** From the MRR that is counted now to another policy's, cause by cause. */
export function Bridge({ choices: { presets, active } }: { choices: PolicyChoices }) {
  const t = useWords();
  const others = presets.map(({ id }) => id).filter((id) => id !== active.id);
  const [picked, setPicked] = useState<PolicyId>("stripe");
  const against = others.includes(picked) ? picked : (others[0] ?? "stripe");
  const bridge = useQuery(queries.bridge(useBackend(), against));
  return (
    <section>
      <div className={classes.headingLine}>
        <h2>{t("bridge.title", { policy: t(`policy.${against}`) })}</h2>
        <Select
          size="xs"
          w={200}
          allowDeselect={false}
          aria-label={t("bridge.against")}
          value={against}
          onChange={(id) => id !== null && setPicked(id as PolicyId)}
          data={others.map((value) => ({ value, label: t(`policy.${value}`) }))}
        />
      </div>
      <p className={classes.muted}>{t("bridge.text")}</p>
      {bridge.error && <ProblemNotice problem={bridge.error} onTryAgain={() => void bridge.refetch()} />}
      {bridge.isPending && <RowSkeletons rows={5} />}
      {bridge.data?.map((one) => (
        <Steps key={one.ours.currency} bridge={one} against={against} />
      ))}
    </section>
  );
}

function Steps({ bridge: { ours, theirs, causes }, against }: { bridge: BridgeView; against: PolicyId }) {
  const t = useWords();
  return (
    <table className={`${classes.table} ${classes.bridge}`}>
      <caption className="visuallyHidden">
        {t("bridge.caption", { policy: t(`policy.${against}`), currency: ours.currency })}
      </caption>
      <tbody>
        <tr>
          <th scope="row">{t("bridge.ours")}</th>
          <td />
          <td className={classes.after}>
            <Money value={ours} />
          </td>
        </tr>
        {causes.map(({ cause, amount, subscriptions }) => (
          <tr key={cause}>
            <th scope="row" className={classes.cause}>
              {t(`difference.${cause}`)}
            </th>
            <td>{subscriptions > 0 && t("overview.counts", { count: subscriptions })}</td>
            <td>
              <Change value={amount} />
            </td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t("bridge.theirs", { policy: t(`policy.${against}`) })}</th>
          <td />
          <td className={classes.after}>
            <Money value={theirs} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}
