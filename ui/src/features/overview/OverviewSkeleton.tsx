import { Skeleton } from "@mantine/core";
import { useWords } from "../../i18n/words";
import { RowSkeletons } from "../../kit/Skeletons";
import classes from "./overview.module.css";

const FIGURES = [...Array(8).keys()];

/** The overview in its final shape, while it is on its way. */
export function OverviewSkeleton() {
  const t = useWords();
  return (
    <>
      <div className={classes.figures} role="status">
        <span className="visuallyHidden">{t("loading")}</span>
        <div className={classes.head}>
          <Skeleton height={30} width={160} />
        </div>
        <div className={classes.grid}>
          <div className={`${classes.figure} ${classes.waiting}`} data-large>
            <Skeleton height={12} width={40} radius="sm" my={4} />
            <Skeleton height={28} width={180} radius="sm" my={4} />
            <Skeleton height={12} width={140} radius="sm" my={4} />
          </div>
          {FIGURES.map((figure) => (
            <div key={figure} className={`${classes.figure} ${classes.waiting}`}>
              <Skeleton height={12} width={72} radius="sm" my={4} />
              <Skeleton height={16} width={96} radius="sm" my={4} />
              <Skeleton height={8} width={84} radius="sm" my={4} />
            </div>
          ))}
        </div>
      </div>
      <section aria-hidden>
        <div className={classes.headingLine}>
          <Skeleton height={14} width={120} radius="sm" />
        </div>
        <Skeleton height={36} radius="sm" mb={16} />
        <div className={classes.charts}>
          <Skeleton height={264} />
          <Skeleton height={264} />
        </div>
      </section>
      <div className={classes.pair} aria-hidden>
        <RowSkeletons rows={4} />
        <RowSkeletons rows={6} />
      </div>
    </>
  );
}
