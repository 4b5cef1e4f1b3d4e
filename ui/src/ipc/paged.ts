import { useQueries } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Problem } from "./backend";

/** Rows asked for at a time. */
const PAGE_ROWS = 100;

/** Some rows of all that match, as Rust gives them. */
interface Page<Row> {
  rows: Row[];
  total: number;
}

/** All rows of a table, of which only those in view are asked for. */
export interface PagedRows<Row> {
  /** How many match; `null` until the first answer. */
  total: number | null;
  /** A row, once it is here. */
  rowAt: (index: number) => Row | undefined;
  /** Says which rows are in view. */
  show: (first: number, last: number) => void;
  problem: Problem | null;
  retry: () => void;
}

/** Asks for the pages in view under `key`. The last known total stays until the next, so that nothing jumps. */
export function usePagedRows<Row>(
  key: readonly unknown[],
  fetchPage: (offset: number, limit: number) => Promise<Page<Row>>,
): PagedRows<Row> {
  const [[firstPage, lastPage], setPages] = useState<[number, number]>([0, 0]);
  const pages = Array.from({ length: lastPage - firstPage + 1 }, (_, n) => firstPage + n);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...key, page],
      queryFn: () => fetchPage(page * PAGE_ROWS, PAGE_ROWS),
    })),
  });
  const show = useCallback((first: number, last: number) => {
    const next: [number, number] = [
      Math.floor(first / PAGE_ROWS),
      Math.floor(Math.max(first, last) / PAGE_ROWS),
    ];
    setPages((now) => (now[0] === next[0] && now[1] === next[1] ? now : next));
  }, []);
  const told = results.find((result) => result.data !== undefined)?.data?.total ?? null;
  const [lastTotal, setLastTotal] = useState<number | null>(null);
  useEffect(() => {
    if (told !== null) setLastTotal(told);
  }, [told]);
  const failed = results.find((result) => result.isError);
  return {
    total: told ?? lastTotal,
    rowAt: (index) => {
      const page = Math.floor(index / PAGE_ROWS);
      return results[page - firstPage]?.data?.rows[index - page * PAGE_ROWS];
    },
    show,
    problem: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}

/** Rows that are all here already, for a table that draws only those in view. */
export function useRowsInMemory<Row>(rows: Row[]): PagedRows<Row> {
  return useMemo(
    () => ({
      total: rows.length,
      rowAt: (index) => rows[index],
      show: () => undefined,
      problem: null,
      retry: () => undefined,
    }),
    [rows],
  );
}

const nothing = () => undefined;

/** Rows that are all here already. */
export const allRows = <Row>(rows: readonly Row[]): PagedRows<Row> => ({
  total: rows.length,
  rowAt: (index) => rows[index],
  show: nothing,
  problem: null,
  retry: nothing,
});
