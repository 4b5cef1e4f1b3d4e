import { Switch } from "@mantine/core";
import { useWords } from "../../i18n/words";
import type { Choices } from "../../ipc/backend";
import classes from "./settings.module.css";

interface ChoiceSwitchesProps {
  choices: Choices;
  onChange: (choices: Choices) => void;
}

/** What ClearSync may create in HubSpot, each explained. */
export function ChoiceSwitches({ choices, onChange }: ChoiceSwitchesProps) {
  const t = useWords();
  return (
    <div className={classes.switches}>
      <Switch
        label={t("create.contacts")}
        description={t("create.contacts.text")}
        checked={choices.createContacts}
        onChange={(event) => onChange({ ...choices, createContacts: event.currentTarget.checked })}
      />
      <Switch
        label={t("create.companies")}
        description={t("create.companies.text")}
        checked={choices.createCompanies}
        onChange={(event) => onChange({ ...choices, createCompanies: event.currentTarget.checked })}
      />
    </div>
  );
}
