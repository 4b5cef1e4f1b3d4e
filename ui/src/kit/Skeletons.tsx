import { Skeleton } from "@mantine/core";
import { useWords } from "../i18n/words";

const WIDTHS = ["62%", "48%", "71%", "55%", "66%", "44%"];

/** Lines in the shape of a list that is on its way. */
export function RowSkeletons({ rows, height = 36 }: { rows: number; height?: number }) {
  const t = useWords();
  return (
    <div role="status">
      <span className="visuallyHidden">{t("loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={row} style={{ height, display: "flex", alignItems: "center" }}>
          <Skeleton height={12} width={WIDTHS[row % WIDTHS.length]} radius="sm" />
        </div>
      ))}
    </div>
  );
}

/** Blocks in the shape of figures that are on their way. */
export function FigureSkeletons({ figures }: { figures: number }) {
  const t = useWords();
  return (
    <div role="status" style={{ display: "flex", gap: 32 }}>
      <span className="visuallyHidden">{t("loading")}</span>
      {Array.from({ length: figures }, (_, figure) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are all alike
        <div key={figure}>
          <Skeleton height={12} width={48} radius="sm" mb={8} />
          <Skeleton height={28} width={140} radius="sm" />
        </div>
      ))}
    </div>
  );
}
