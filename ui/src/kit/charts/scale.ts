import type { Money } from "../../ipc/backend";

/** The size of an amount, for drawing only: what is written always comes from its digits. */
export const sizeOf = (money: Money): number => Number(money.decimal);

/** Where values stand on a line of pixels. */
export type Scale = (value: number) => number;

/** Maps `from` to `to` evenly. */
export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0] || 1;
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0]);
}

const STEPS = [1, 2, 2.5, 5, 10];

/** Round values from at or below `min` to at or above `max`, nought among them, about `count` steps apart. */
export function ticks(min: number, max: number, count: number): number[] {
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  if (low === high) return [0, 1];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = (STEPS.find((one) => one * power >= raw * (1 - 1e-12)) ?? 10) * power;
  const first = Math.floor(low / step + 1e-12);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-12));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** The part of the x axis, from 0 to 1, that belongs to one place. */
export type Span = readonly [start: number, end: number];

/** Bars side by side. */
export const barSpans = (count: number): Span[] =>
  Array.from({ length: count }, (_, place) => [place / count, (place + 1) / count]);

/** Points from edge to edge, each in the middle of its span. */
export function pointSpans(count: number): Span[] {
  const steps = Math.max(1, count - 1);
  return Array.from({ length: count }, (_, place) => [(place - 0.5) / steps, (place + 0.5) / steps]);
}

/** Stretches of time, each lasting until the next begins. */
export function timeSpans(starts_ms: number[], until_ms: number): Span[] {
  const place = linear([starts_ms[0] ?? 0, Math.max(until_ms, (starts_ms.at(-1) ?? 0) + 1)], [0, 1]);
  return starts_ms.map((start, index) => [place(start), place(starts_ms[index + 1] ?? until_ms)]);
}

/** Which labels have `room_px` to the next one, counted from the right so that the last always stands. */
export function labelled(at_px: number[], room_px: number): number[] {
  let free = Number.POSITIVE_INFINITY;
  const places: number[] = [];
  for (let place = at_px.length - 1; place >= 0; place -= 1) {
    const at = at_px[place] ?? 0;
    if (at > free) continue;
    places.unshift(place);
    free = at - room_px;
  }
  return places;
}

/** An SVG path through points. */
export const line = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
