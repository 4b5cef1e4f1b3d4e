import { Anchor, SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigation } from "../../frame/navigation";
import { useWords } from "../../i18n/words";
import type { CompanyFigures } from "../../ipc/backend";
import { queries, useBackend } from "../../ipc/queries";
import classes from "./overview.module.css";

/** With more currencies than this, they stand in a list to choose from. */
const SIDE_BY_SIDE = 5;

interface FiguresHeadProps {
  figures: CompanyFigures;
  onCurrency: (currency: string) => void;
}

/** In which currency the figures stand, what was converted, what was left out, and by which rules they are counted. */
export function FiguresHead({ figures, onCurrency }: FiguresHeadProps) {
  const t = useWords();
  const { open } = useNavigation();
  const policies = useQuery(queries.policies(useBackend()));
  const { currency, reporting, converted, withoutRate } = figures;
  const currencies = reportingFirst(figures);
  const active = policies.data?.active.id;
  return (
    <div className={classes.head}>
      {currencies.length > SIDE_BY_SIDE && (
        <Select
          size="xs"
          w={120}
          allowDeselect={false}
          searchable
          aria-label={t("overview.currency")}
          value={currency}
          onChange={(value) => value !== null && onCurrency(value)}
          data={currencies}
        />
      )}
      {currencies.length > 1 && currencies.length <= SIDE_BY_SIDE && (
        <SegmentedControl
          size="xs"
          aria-label={t("overview.currency")}
          value={currency}
          onChange={onCurrency}
          data={currencies}
        />
      )}
      <p className={classes.headText}>
        {converted && currencies.length > 1 && <span>{t("overview.converted", { currency })}</span>}
        {withoutRate.length > 0 && (
          <span className={classes.warn}>
            {t("overview.withoutRate", { count: withoutRate.length, currencies: withoutRate.join(", ") })}{" "}
            <Anchor component="button" type="button" inherit onClick={() => open("rates")}>
              {t("overview.addRate")}
            </Anchor>
          </span>
        )}
        {!converted && reporting === null && currencies.length > 1 && (
          <Anchor component="button" type="button" inherit onClick={() => open("rates")}>
            {t("overview.convert")}
          </Anchor>
        )}
      </p>
      {active !== undefined && (
        <p className={classes.counted}>
          <Anchor component="button" type="button" inherit onClick={() => open("policy")}>
            {t("overview.counted", { policy: t(`policy.${active}`) })}
          </Anchor>
        </p>
      )}
    </div>
  );
}

function reportingFirst({ currency, currencies, reporting }: CompanyFigures): string[] {
  const first = reporting === null ? [] : [reporting];
  return [...new Set([...first, ...currencies, currency])];
}
