import classes from "./charts.module.css";
import { type ChartProps, type Geometry, Plot } from "./Plot";
import { line, type Span, timeSpans } from "./scale";

interface StepChartProps extends ChartProps {
  values: number[];
  /** Since when each value holds, in milliseconds since 1970. */
  starts_ms: number[];
  until_ms: number;
}

/** An amount that stays until it changes, over true time. */
export function StepChart({ values, starts_ms, until_ms, ...chart }: StepChartProps) {
  const spans = timeSpans(starts_ms, until_ms);
  return (
    <Plot {...chart} spans={spans} extent={[Math.min(...values), Math.max(...values)]} namedAtStart>
      {(geometry) => <Steps values={values} spans={spans} chosen={chart.chosen} geometry={geometry} />}
    </Plot>
  );
}

interface StepsProps {
  values: number[];
  spans: Span[];
  chosen: number;
  geometry: Geometry;
}

function Steps({ values, spans, chosen, geometry: { x, y, bottom_px } }: StepsProps) {
  const points = spans.flatMap(([start, end], place) => {
    const height = y(values[place] ?? 0);
    return [[x(start), height] as const, [x(end), height] as const];
  });
  const [start, end] = spans[chosen] ?? [0, 0];
  const top = line(points);
  const height = y(values[chosen] ?? 0);
  return (
    <>
      <rect
        className={classes.band}
        x={x(start)}
        y={0}
        width={Math.max(2, x(end) - x(start))}
        height={bottom_px}
      />
      <path className={classes.area} d={`${top}L${x(1)},${y(0)}L${x(0)},${y(0)}Z`} />
      <path className={classes.line} d={top} />
      <line className={classes.strong} x1={x(start)} x2={x(end)} y1={height} y2={height} />
    </>
  );
}
