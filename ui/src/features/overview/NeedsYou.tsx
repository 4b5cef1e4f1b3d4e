import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconArrowRight, IconArrowsDiff, IconUserQuestion } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { Status } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import classes from "./overview.module.css";

/** What waits for the user, each with the way to it. */
export function NeedsYou({ status: { waitingChanges, attention } }: { status: Status }) {
  const t = useWords();
  const { open } = useNavigation();
  const overview = useQuery(queries.overview(useBackend()));
  const unmatched = overview.data?.unmatchedCustomers ?? 0;
  const nothing = waitingChanges === 0 && attention === 0 && unmatched === 0;
  return (
    <section>
      <h2 className={classes.heading}>{t("overview.needsYou")}</h2>
      {nothing && <p className={classes.muted}>{t("overview.needsYou.none")}</p>}
      {waitingChanges > 0 && (
        <Need
          Icon={IconArrowsDiff}
          text={t("overview.waiting", { count: waitingChanges })}
          to={t("overview.toPreview")}
          onOpen={() => open("preview")}
        />
      )}
      {attention > 0 && (
        <Need
          Icon={IconAlertTriangle}
          warn
          text={t("overview.attention", { count: attention })}
          to={t("overview.toAttention")}
          onOpen={() => open("attention")}
        />
      )}
      {unmatched > 0 && (
        <Need
          Icon={IconUserQuestion}
          warn
          text={t("overview.unmatched", { count: unmatched })}
          to={t("overview.toAttention")}
          onOpen={() => open("attention")}
        />
      )}
    </section>
  );
}

interface NeedProps {
  Icon: typeof IconAlertTriangle;
  warn?: boolean;
  text: string;
  to: string;
  onOpen: () => void;
}

function Need({ Icon, warn, text, to, onOpen }: NeedProps) {
  return (
    <UnstyledButton className={classes.need} onClick={onOpen}>
      <Icon className={warn ? classes.warnIcon : classes.accent} size={16} aria-hidden />
      <span>{text}</span>
      <span className={classes.to}>
        {to} <IconArrowRight size={16} aria-hidden />
      </span>
    </UnstyledButton>
  );
}
