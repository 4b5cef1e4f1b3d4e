import { useElementSize } from "@mantine/hooks";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { formatAxisMoney } from "../../i18n/format";
import classes from "./charts.module.css";
import { labelled, linear, type Scale, type Span, ticks } from "./scale";

/** Room for an amount on the axis: a letter's width, and the gap to the plot. */
const LETTER_PX = 8;
const GAP_PX = 8;
const RIGHT_PX = 8;
const TOP_PX = 8;
const BOTTOM_PX = 24;
const LABEL_PX = 56;
const TICKS = 4;

/** What every chart is given: its words, its places, and which of them is chosen. */
export interface ChartProps {
  label: string;
  currency: string;
  height_px: number;
  /** What stands under each place, in short. */
  names: string[];
  /** What is told of each place, for whoever does not see the plot. */
  told: string[];
  chosen: number;
  onChoose: (place: number) => void;
  /** Opens the chosen place, by click or Enter. */
  onOpen?: (place: number) => void;
}

/** Where things stand inside a plot, in pixels. */
export interface Geometry {
  /** From a part of the x axis, 0 to 1. */
  x: Scale;
  /** From an amount. */
  y: Scale;
  bottom_px: number;
}

interface PlotProps extends ChartProps {
  /** The smallest and largest amount drawn. */
  extent: readonly [number, number];
  spans: Span[];
  /** Whether a place is named at its beginning rather than in its middle. */
  namedAtStart?: boolean;
  children: (geometry: Geometry) => ReactNode;
}

/** A plot of money over a row of places, walked like a slider: by pointer, arrows, Home and End. */
export function Plot({ children, ...props }: PlotProps) {
  const { label, height_px, told, chosen, onChoose, onOpen, extent, spans } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const last = spans.length - 1;
  const marks = ticks(extent[0], extent[1], TICKS);
  const amounts = marks.map((mark) => formatAxisMoney(mark, props.currency));
  const left_px = GAP_PX + LETTER_PX * Math.max(...amounts.map((amount) => amount.length));
  const bottom_px = height_px - BOTTOM_PX;
  const geometry: Geometry = {
    x: linear([0, 1], [left_px, Math.max(left_px, width - RIGHT_PX)]),
    y: linear([marks[0] ?? 0, marks.at(-1) ?? 1], [bottom_px, TOP_PX]),
    bottom_px,
  };
  const choose = (event: PointerEvent<SVGSVGElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const place = spans.findIndex(([, end]) => left < geometry.x(end));
    onChoose(place === -1 ? last : place);
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === "Enter") return onOpen?.(chosen);
    const next = placeAfter(event.key, chosen, last);
    if (next === null) return;
    event.preventDefault();
    onChoose(next);
  };
  return (
    <div
      ref={ref}
      className={classes.plot}
      style={{ height: height_px }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={chosen}
      aria-valuetext={told[chosen]}
      onKeyDown={walk}
    >
      {width > 0 && (
        <svg
          aria-hidden
          width={width}
          height={height_px}
          data-opens={onOpen !== undefined || undefined}
          onPointerMove={choose}
          onPointerDown={choose}
          onClick={() => onOpen?.(chosen)}
        >
          <Amounts {...{ marks, amounts, geometry }} />
          <Names {...props} {...{ geometry, width }} />
          {children(geometry)}
        </svg>
      )}
    </div>
  );
}

interface AmountsProps {
  marks: number[];
  amounts: string[];
  geometry: Geometry;
}

function Amounts({ marks, amounts, geometry: { x, y } }: AmountsProps) {
  return marks.map((mark, index) => (
    <g key={mark} className={classes.grid} data-zero={mark === 0 || undefined}>
      <line x1={x(0)} x2={x(1)} y1={y(mark)} y2={y(mark)} />
      <text x={x(0) - GAP_PX} y={y(mark) + 4} textAnchor="end">
        {amounts[index]}
      </text>
    </g>
  ));
}

type NamesProps = Omit<PlotProps, "children"> & { geometry: Geometry; width: number };

function Names({
  spans,
  names,
  chosen,
  namedAtStart = false,
  height_px,
  geometry: { x },
  width,
}: NamesProps) {
  const widest = width - LABEL_PX / 2;
  const at_px = spans.map(([start, end]) =>
    namedAtStart ? Math.min(x(start), width - LABEL_PX) : Math.min(x((start + end) / 2), widest),
  );
  return labelled(at_px, LABEL_PX).map((place) => (
    <text
      key={place}
      className={classes.name}
      data-chosen={place === chosen || undefined}
      x={at_px[place]}
      y={height_px - 6}
      textAnchor={namedAtStart ? "start" : "middle"}
    >
      {names[place]}
    </text>
  ));
}

function placeAfter(key: string, place: number, last: number): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(last, place + 1);
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, place - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
