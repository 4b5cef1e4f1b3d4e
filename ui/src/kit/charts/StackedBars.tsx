import classes from "./charts.module.css";
import { type ChartProps, type Geometry, Plot } from "./Plot";
import { barSpans } from "./scale";

/** One part of every bar: what it is, and how large it is at each place, above or below nought. */
export interface BarPart {
  id: string;
  values: number[];
}

const WIDEST_PX = 32;
const GAP_PX = 1;

/** Bars whose parts stand above nought and below it, with a mark at their sum. */
export function StackedBars({ parts, ...chart }: ChartProps & { parts: BarPart[] }) {
  const bars = chart.names.map((_, place) => stack(parts, place));
  const spans = barSpans(bars.length);
  const low = Math.min(...bars.map((bar) => bar.low));
  const high = Math.max(...bars.map((bar) => bar.high));
  return (
    <Plot {...chart} spans={spans} extent={[low, high]}>
      {(geometry) =>
        spans.map((span, place) => (
          <Bar
            key={span[0]}
            bar={bars[place] ?? EMPTY}
            span={span}
            chosen={place === chart.chosen}
            geometry={geometry}
          />
        ))
      }
    </Plot>
  );
}

interface Stacked {
  blocks: { id: string; from: number; to: number }[];
  low: number;
  high: number;
}
const EMPTY: Stacked = { blocks: [], low: 0, high: 0 };

/** Where each part of one bar begins and ends. */
export function stack(parts: BarPart[], place: number): Stacked {
  let low = 0;
  let high = 0;
  const blocks = parts.flatMap(({ id, values }) => {
    const value = values[place] ?? 0;
    if (value === 0) return [];
    const from = value > 0 ? high : low;
    if (value > 0) high += value;
    else low += value;
    return [{ id, from, to: from + value }];
  });
  return { blocks, low, high };
}

interface BarProps {
  bar: Stacked;
  span: readonly [number, number];
  chosen: boolean;
  geometry: Geometry;
}

function Bar({ bar, span: [start, end], chosen, geometry: { x, y, bottom_px } }: BarProps) {
  const room = x(end) - x(start);
  const width = Math.min(WIDEST_PX, room * 0.64);
  const left = x(start) + (room - width) / 2;
  const sum = y(bar.low + bar.high);
  return (
    <>
      {chosen && <rect className={classes.band} x={x(start)} y={0} width={room} height={bottom_px} rx={4} />}
      {bar.blocks.map(({ id, from, to }) => (
        <rect
          key={id}
          className={classes.block}
          data-part={id}
          x={left}
          y={Math.min(y(from), y(to))}
          width={width}
          height={Math.max(1, Math.abs(y(from) - y(to)) - GAP_PX)}
        />
      ))}
      <line className={classes.sum} x1={left - 2} x2={left + width + 2} y1={sum} y2={sum} />
    </>
  );
}
