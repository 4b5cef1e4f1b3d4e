import { Button } from "@mantine/core";
import { IconArrowsDiff, IconDeviceLaptop, IconEye } from "@tabler/icons-react";
import { useWords } from "../../i18n/words";
import { Page } from "../../kit/Page";
import classes from "./setup.module.css";
import { useGoToStep } from "./steps";

const PROMISES = [
  { key: "read", Icon: IconEye },
  { key: "local", Icon: IconDeviceLaptop },
  { key: "preview", Icon: IconArrowsDiff },
] as const;

/** What ClearSync does and promises, and what is needed for setup. */
export function WelcomeStep() {
  const t = useWords();
  const goToStep = useGoToStep();
  return (
    <div className={classes.scroll}>
      <Page title={t("welcome.title")} lead={t("welcome.lead")}>
        <ul className={classes.promises}>
          {PROMISES.map(({ key, Icon }) => (
            <li key={key} className={classes.promise}>
              <Icon size={20} stroke={1.5} aria-hidden />
              <div>
                <h2>{t(`welcome.${key}.title`)}</h2>
                <p>{t(`welcome.${key}.text`)}</p>
              </div>
            </li>
          ))}
        </ul>
        <p className={classes.need}>{t("welcome.need")}</p>
        <div>
          <Button size="md" onClick={() => void goToStep("stripeKey")}>
            {t("welcome.start")}
          </Button>
        </div>
      </Page>
    </div>
  );
}
