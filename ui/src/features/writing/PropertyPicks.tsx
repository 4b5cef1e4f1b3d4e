import { Checkbox, Switch } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { PropertyPick, PropertyPlan } from "../../ipc/backend";
import { Fold } from "../../kit/Fold";
import { groupBy } from "../../kit/groupBy";
import classes from "./writing.module.css";

interface PropertyPicksProps {
  properties: PropertyPlan[];
  /** `null` wants all that fit. */
  picked: PropertyPick[] | null;
  onChange: (picked: PropertyPick[] | null) => void;
}

/** Records are found again by the one and say by the other who writes them, so that both are written whatever is ticked. */
const ALWAYS: ReadonlySet<string> = new Set(["clearsync_stripe_customer_id", "clearsync_written_by"]);

/** How many of the ticked properties the portal does not have yet. */
const made = (properties: PropertyPlan[], picks: PropertyPick[]): number =>
  properties.filter(
    ({ object, name, state }) =>
      state !== "present" && picks.some((pick) => pick.object === object && pick.name === name),
  ).length;

/** Which own properties contacts and companies get: all that fit, or those the user ticks. */
export function PropertyPicks({ properties, picked, onChange }: PropertyPicksProps) {
  const t = useWords();
  const summary = properties.filter(({ object }) => object === "contact" || object === "company");
  const fitting = summary.filter(({ state }) => state === "present" || state === "toCreate");
  const picks = picked ?? fitting.map(({ object, name }) => ({ object, name }));
  const own = summary.filter(({ name }) => !ALWAYS.has(name));
  const full = made(own, picks) >= own.filter(({ state }) => state === "toCreate").length;
  const has = ({ object, name }: PropertyPlan) =>
    picks.some((pick) => pick.object === object && pick.name === name);
  return (
    <div className={classes.fields}>
      <Switch
        label={t("picks.all")}
        description={t("picks.fit", { fitting: fitting.length, total: summary.length })}
        checked={picked === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : picks)}
      />
      {picked !== null &&
        groupBy(summary, ({ object }) => object).map(([object, members]) => (
          <Fold
            key={object}
            title={t(`objects.${object}`)}
            aside={t("picks.count", { picked: members.filter(has).length, total: members.length })}
          >
            <ul className={classes.picks}>
              {members.map((property) => (
                <li key={property.name}>
                  <Checkbox
                    label={property.label}
                    description={property.state === "noRoom" ? t("property.noRoom") : undefined}
                    checked={ALWAYS.has(property.name) || has(property)}
                    disabled={
                      ALWAYS.has(property.name) || (full && !has(property) && property.state !== "present")
                    }
                    onChange={(event) =>
                      onChange(
                        event.currentTarget.checked
                          ? [...picks, { object, name: property.name }]
                          : picks.filter((pick) => pick.object !== object || pick.name !== property.name),
                      )
                    }
                  />
                </li>
              ))}
            </ul>
          </Fold>
        ))}
    </div>
  );
}
