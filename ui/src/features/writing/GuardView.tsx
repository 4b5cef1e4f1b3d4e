import { NumberInput, Select } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { GuardChange, GuardSettings, Ownership, PropertyGuard } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import { Fold } from "../../kit/Fold";
import { groupBy } from "../../kit/groupBy";
import { Moment } from "../../kit/Moment";
import { Page } from "../../kit/Page";
import { ProblemNotice } from "../../kit/ProblemNotice";
import { RowSkeletons } from "../../kit/Skeletons";
import { useAction } from "../../kit/useAction";
import classes from "./writing.module.css";

const OWNERSHIPS: Ownership[] = ["owned", "fillIfEmpty", "never"];

/** What ClearSync may do without asking: how much at once, and who has the say about each property. */
export function GuardView() {
  const t = useWords();
  const backend = useBackend();
  const cache = useQueryClient();
  const { open } = useNavigation();
  const guard = useQuery(queries.guard(backend));
  const change = useAction(async (one: GuardChange) => {
    cache.setQueryData(queries.guard(backend).queryKey, await backend.changeGuard(one));
    await cache.invalidateQueries({ queryKey: ["quota"] });
  });
  const problem = guard.error ?? change.problem;
  return (
    <Page
      title={t("guard.title")}
      lead={t("guard.lead")}
      back={{ label: t("view.settings"), onBack: () => open("settings") }}
    >
      {problem && <ProblemNotice problem={problem} onTryAgain={() => void guard.refetch()} />}
      {guard.isPending && <RowSkeletons rows={8} height={48} />}
      {guard.data && (
        <>
          <Limits guard={guard.data} onChange={(one) => void change.run(one)} />
          <section className={classes.part}>
            <h2>{t("guard.properties")}</h2>
            <p className={classes.muted}>{t("guard.properties.text")}</p>
            <div>
              {groupBy(guard.data.properties, ({ object }) => object).map(([object, properties]) => (
                <Fold
                  key={object}
                  title={t.find(`thing.${object}`) ?? object}
                  aside={exceptions(t, properties)}
                >
                  <Properties properties={properties} onChange={(one) => void change.run(one)} />
                </Fold>
              ))}
            </div>
          </section>
        </>
      )}
    </Page>
  );
}

function exceptions(t: ReturnType<typeof useWords>, properties: PropertyGuard[]): string {
  const count = properties.filter(({ ownership }) => ownership !== "owned").length;
  return count === 0 ? t("guard.allOwned") : t("guard.exceptions", { count });
}

interface ChangeProps {
  onChange: (change: GuardChange) => void;
}

function Limits({ guard, onChange }: ChangeProps & { guard: GuardSettings }) {
  const t = useWords();
  const quota = useQuery(queries.quota(useBackend()));
  return (
    <section className={classes.part}>
      <h2>{t("guard.limits")}</h2>
      <div className={classes.fields}>
        <Amount
          label={t("guard.share")}
          text={t("guard.share.text")}
          value={guard.unaskedSharePercent}
          max={100}
          onChange={(value) => onChange({ kind: "unaskedSharePercent", value })}
        />
        <Amount
          label={t("guard.records")}
          text={t("guard.records.text")}
          value={guard.unaskedRecords}
          max={1_000_000}
          onChange={(value) => onChange({ kind: "unaskedRecords", value })}
        />
        <Amount
          label={t("guard.free")}
          text={t("guard.free.text")}
          value={guard.freeRequestsPercent}
          max={90}
          onChange={(value) => onChange({ kind: "freeRequestsPercent", value })}
        />
        {quota.data?.dailyLimit != null && quota.data.dailyLeft !== null && (
          <p className={classes.muted}>
            {t("guard.quota", { left: quota.data.dailyLeft, limit: quota.data.dailyLimit })}{" "}
            {quota.data.seenAt !== null && <Moment at={quota.data.seenAt} />}
          </p>
        )}
      </div>
    </section>
  );
}

interface AmountProps {
  label: string;
  text: string;
  value: number;
  max: number;
  onChange: (value: number) => void;
}

/** A whole number that is kept when the field is left. A field that is left empty keeps the number before, and says so. */
function Amount({ label, text, value, max, onChange }: AmountProps) {
  const t = useWords();
  const [typed, setTyped] = useState<number | string>(value);
  const [leftEmpty, setLeftEmpty] = useState(false);
  const keep = () => {
    setLeftEmpty(typeof typed !== "number");
    if (typeof typed !== "number") setTyped(value);
    else if (typed !== value) onChange(typed);
  };
  return (
    <NumberInput
      w={280}
      label={label}
      description={text}
      min={0}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="strict"
      value={typed}
      error={leftEmpty && t("guard.leftEmpty", { value })}
      onChange={(next) => {
        setLeftEmpty(false);
        setTyped(next);
      }}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && keep()}
    />
  );
}

function Properties({ properties, onChange }: ChangeProps & { properties: PropertyGuard[] }) {
  const t = useWords();
  return (
    <ul className={classes.guards}>
      {properties.map(({ object, property, label, ownership, fixed }) => (
        <li key={property}>
          <span title={property}>{label}</span>
          <Select
            size="xs"
            w={184}
            allowDeselect={false}
            disabled={fixed}
            aria-label={t("guard.of", { property: label })}
            value={ownership}
            onChange={(value) =>
              onChange({ kind: "property", value: { object, property, ownership: value as Ownership } })
            }
            data={OWNERSHIPS.map((value) => ({ value, label: t(`ownership.${value}`) }))}
          />
        </li>
      ))}
    </ul>
  );
}
