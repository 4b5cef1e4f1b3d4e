import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type SettingsPage, useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import { queries, useBackend } from "../../ipc/queries";
import classes from "./settings.module.css";

/** The pages on which it is set how figures are counted, converted and checked. */
export function FiguresLinks() {
  const t = useWords();
  const backend = useBackend();
  const policies = useQuery(queries.policies(backend));
  const rates = useQuery(queries.exchangeRates(backend));
  const policy = policies.data && t(`policy.${policies.data.active.id}`);
  const reporting = rates.data && (rates.data.reporting ?? t("rates.reporting.none"));
  return (
    <div className={classes.links}>
      <PageLink page="policy" title={t("policy.title")} now={policy} />
      <PageLink page="rates" title={t("rates.title")} now={reporting} />
      <PageLink page="reconciliation" title={t("reconcile.title")} now={t("reconcile.short")} />
    </div>
  );
}

/** Opens a page under the settings; `now` says what is set there. */
export function PageLink({
  page,
  title,
  now,
}: {
  page: SettingsPage;
  title: string;
  now: string | undefined;
}) {
  const { open } = useNavigation();
  return (
    <UnstyledButton className={classes.link} onClick={() => open(page)}>
      <span className={classes.linkTitle}>{title}</span>
      <span className={classes.muted}>{now}</span>
      <IconChevronRight size={16} aria-hidden />
    </UnstyledButton>
  );
}
