import { Skeleton, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import {
  type ColumnDef,
  createColumnHelper,
  FlexRender,
  metaHelper,
  type RowData,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useWords } from "../i18n/words";
import type { PagedRows } from "../ipc/paged";
import classes from "./DataTable.module.css";

/** Height of a row, and of the heading. */
const ROW_PX = 36;
const ROWS_A_PAGE = 12;

interface ColumnLook {
  /** A CSS grid track, such as `minmax(120px, 1fr)`. */
  width: string;
  align?: "right";
  /** Left out when the window is narrow. */
  wideOnly?: boolean;
}

const features = tableFeatures({ columnMeta: metaHelper<ColumnLook>() });

/** Describes the columns of a table of `Row`s. */
export const columnsOf = <Row extends RowData>() => createColumnHelper<typeof features, Row>();
// biome-ignore lint/suspicious/noExplicitAny: the columns of one table hold values of several types
type Columns<Row extends RowData> = ColumnDef<typeof features, Row, any>[];

/** How a column may order the table. */
export interface ColumnOrder {
  column: string;
  direction: "ascending" | "descending" | null;
  toggle: () => void;
}

interface DataTableProps<Row extends RowData> {
  label: string;
  columns: Columns<Row>;
  rows: PagedRows<Row>;
  orders?: ColumnOrder[];
  /** Opens a row, by click or Enter. */
  onOpen?: (row: Row) => void;
  /** Chooses a row or lets it go, by the space bar. */
  onToggle?: (row: Row) => void;
  /** Stands in place of the rows when none match. */
  empty: ReactNode;
}

/** A table of any length: only the rows in view are asked for, made and drawn. Works wholly by keyboard. */
export function DataTable<Row extends RowData>({
  label,
  columns,
  rows,
  orders,
  onOpen,
  onToggle,
  empty,
}: DataTableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const total = rows.total ?? ROWS_A_PAGE;
  const keys = useRowKeys(total, scroller);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollPaddingStart: ROW_PX,
    rangeExtractor: keys.withActive,
  });
  const items = virtual.getVirtualItems();
  const { startIndex: first, endIndex: last } = virtual.range ?? { startIndex: 0, endIndex: 0 };
  useEffect(() => rows.show(first, last), [rows.show, first, last]);

  const present = items.map((item) => ({
    item,
    row: rows.total === null ? undefined : rows.rowAt(item.index),
  }));
  const data = present.flatMap(({ row }) => (row === undefined ? [] : [row]));
  const table = useTable({ features, columns, data });
  const models = table.getRowModel().rows;
  const grid = { "--tracks": tracks(columns, false), "--tracks-narrow": tracks(columns, true) };
  let model = 0;

  if (rows.total === 0) return empty;
  return (
    <div ref={scroller} className={classes.scroller} style={grid as React.CSSProperties}>
      {/* biome-ignore lint/a11y/useSemanticElements: a virtual table cannot be laid out as an HTML table */}
      <div role="grid" aria-label={label} aria-rowcount={total + 1} aria-busy={rows.total === null}>
        <HeadRow table={table} orders={orders} />
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div
          role="rowgroup"
          className={classes.body}
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={(event) => keys.onKeyDown(event, virtual.scrollToIndex)}
        >
          {present.map(({ item, row }) => {
            const cells = row === undefined ? null : models[model++]?.getAllCells();
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div
                key={item.index}
                role="row"
                className={classes.row}
                data-index={item.index}
                aria-rowindex={item.index + 2}
                tabIndex={item.index === keys.active ? 0 : -1}
                style={{ transform: `translateY(${item.start}px)` }}
                onFocus={() => keys.setActive(item.index)}
                data-opens={onOpen !== undefined || undefined}
                onClick={() => row !== undefined && onOpen?.(row)}
                onKeyDown={(event) => {
                  if (row === undefined) return;
                  if (event.key === "Enter") onOpen?.(row);
                  if (event.key !== " " || onToggle === undefined) return;
                  event.preventDefault();
                  onToggle(row);
                }}
              >
                {cells
                  ? cells.map((cell) => (
                      <Cell key={cell.id} look={cell.column.columnDef.meta}>
                        {<FlexRender cell={cell} />}
                      </Cell>
                    ))
                  : columns.map((column, index) => (
                      <Cell key={column.id ?? index} look={column.meta}>
                        <Skeleton height={12} width="70%" radius="sm" />
                      </Cell>
                    ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Cell({ look, children }: { look: ColumnLook | undefined; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual table cannot be laid out as an HTML table
    // biome-ignore lint/a11y/useFocusableInteractive: the row takes the focus
    <div
      role="gridcell"
      className={classes.cell}
      data-align={look?.align}
      data-wide-only={look?.wideOnly || undefined}
    >
      {children}
    </div>
  );
}

function HeadRow<Row extends RowData>({
  table,
  orders = [],
}: {
  table: ReturnType<typeof useTable<typeof features, Row>>;
  orders: ColumnOrder[] | undefined;
}) {
  const t = useWords();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtual table cannot be laid out as an HTML table
    <div role="rowgroup" className={classes.head}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: only its buttons take the focus */}
      <div role="row" className={classes.headRow} aria-rowindex={1}>
        {table.getHeaderGroups().flatMap((group) =>
          group.headers.map((header) => {
            const look = header.column.columnDef.meta;
            const order = orders.find((one) => one.column === header.column.id);
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above
              // biome-ignore lint/a11y/useFocusableInteractive: as above
              <div
                key={header.id}
                role="columnheader"
                className={classes.cell}
                data-align={look?.align}
                data-wide-only={look?.wideOnly || undefined}
                aria-sort={order === undefined ? undefined : (order.direction ?? "none")}
              >
                {order === undefined ? (
                  <FlexRender header={header} />
                ) : (
                  <UnstyledButton className={classes.order} onClick={order.toggle} title={t("table.order")}>
                    <FlexRender header={header} />
                    {order.direction === "ascending" && <IconArrowUp size={14} aria-hidden />}
                    {order.direction === "descending" && <IconArrowDown size={14} aria-hidden />}
                  </UnstyledButton>
                )}
              </div>
            );
          }),
        )}
      </div>
    </div>
  );
}

function tracks<Row extends RowData>(columns: Columns<Row>, narrow: boolean): string {
  return columns
    .flatMap(({ meta }) => (meta === undefined || (narrow && meta.wideOnly) ? [] : [meta.width]))
    .join(" ");
}

/** Which row holds the focus, and how the keys move it. */
function useRowKeys(total: number, scroller: React.RefObject<HTMLDivElement | null>) {
  const [active, setActive] = useState(0);
  const moved = useRef(false);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  });
  const last = Math.max(0, total - 1);
  const held = Math.min(active, last);
  const withActive = useCallback(
    (range: Range) =>
      [...new Set([held, ...defaultRangeExtractor(range)])]
        .filter((i) => i < range.count)
        .sort((a, b) => a - b),
    [held],
  );
  return useMemo(
    () => ({
      active: held,
      setActive,
      withActive,
      onKeyDown: (event: KeyboardEvent, scrollTo: (index: number) => void) => {
        const target = rowAfter(event.key, held, last);
        if (target === null) return;
        event.preventDefault();
        moved.current = true;
        setActive(target);
        scrollTo(target);
      },
    }),
    [held, last, withActive],
  );
}

function rowAfter(key: string, active: number, last: number): number | null {
  const within = (index: number) => Math.max(0, Math.min(last, index));
  switch (key) {
    case "ArrowDown":
      return within(active + 1);
    case "ArrowUp":
      return within(active - 1);
    case "PageDown":
      return within(active + ROWS_A_PAGE);
    case "PageUp":
      return within(active - ROWS_A_PAGE);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
