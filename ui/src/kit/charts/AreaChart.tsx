import classes from "./charts.module.css";
import { type ChartProps, type Geometry, Plot } from "./Plot";
import { line, pointSpans } from "./scale";

/** One amount over time, as a line with the area below it. */
export function AreaChart({ values, ...chart }: ChartProps & { values: number[] }) {
  return (
    <Plot {...chart} spans={pointSpans(values.length)} extent={[Math.min(...values), Math.max(...values)]}>
      {(geometry) => <Area values={values} chosen={chart.chosen} geometry={geometry} />}
    </Plot>
  );
}

function Area({ values, chosen, geometry }: { values: number[]; chosen: number; geometry: Geometry }) {
  const { x, y, bottom_px } = geometry;
  const last = Math.max(1, values.length - 1);
  const points = values.map((value, place) => [x(place / last), y(value)] as const);
  const [at, height] = points[chosen] ?? [0, 0];
  const top = line(points);
  return (
    <>
      <path className={classes.area} d={`${top}L${x((values.length - 1) / last)},${y(0)}L${x(0)},${y(0)}Z`} />
      <line className={classes.cursor} x1={at} x2={at} y1={0} y2={bottom_px} />
      <path className={classes.line} d={top} />
      <circle className={classes.dot} cx={at} cy={height} r={4} />
    </>
  );
}
