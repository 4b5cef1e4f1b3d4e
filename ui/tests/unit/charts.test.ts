import { describe, expect, it } from "vitest";
import { stack } from "../../src/kit/charts/StackedBars";
import {
  barSpans,
  labelled,
  line,
  linear,
  pointSpans,
  sizeOf,
  ticks,
  timeSpans,
} from "../../src/kit/charts/scale";

describe("the marks of an axis", () => {
  it("are round, hold nought and reach around every value", () => {
    expect(ticks(31_500, 48_210, 4)).toEqual([0, 20_000, 40_000, 60_000]);
    expect(ticks(-3_240, 3_150, 4)).toEqual([-4_000, -2_000, 0, 2_000, 4_000]);
    expect(ticks(-90, -12, 4)).toEqual([-100, -75, -50, -25, 0]);
  });

  it("hold for any amounts, also where nothing moved", () => {
    expect(ticks(0, 0, 4)).toEqual([0, 1]);
    for (const [low, high] of [
      [0.001, 0.0042],
      [-1, 9_999_999_999],
      [-7_777, 0],
      [5, 5],
    ] as const) {
      const marks = ticks(low, high, 4);
      expect(marks[0]).toBeLessThanOrEqual(Math.min(0, low));
      expect(marks.at(-1)).toBeGreaterThanOrEqual(Math.max(0, high) * (1 - 1e-12));
      expect(marks.some((mark) => Math.abs(mark) < 1e-12)).toBe(true);
      expect(marks.length).toBeLessThanOrEqual(8);
    }
  });
});

describe("the places of a chart", () => {
  it("fill the axis: bars side by side, points from edge to edge, stretches by their time", () => {
    expect(barSpans(4)[3]).toEqual([0.75, 1]);
    expect(pointSpans(3)).toEqual([
      [-0.25, 0.25],
      [0.25, 0.75],
      [0.75, 1.25],
    ]);
    expect(timeSpans([100, 150, 190], 200)).toEqual([
      [0, 0.5],
      [0.5, 0.9],
      [0.9, 1],
    ]);
  });

  it("stand in the middle where there is but one", () => {
    expect(pointSpans(1)).toEqual([[-0.5, 0.5]]);
    expect(timeSpans([100], 100)).toEqual([[0, 0]]);
  });

  it("are named where there is room, the last always", () => {
    expect(labelled([0, 30, 60, 90, 120], 56)).toEqual([0, 2, 4]);
    expect(labelled([0, 200, 210], 56)).toEqual([0, 2]);
    expect(labelled([], 56)).toEqual([]);
  });

  it("map evenly and draw a path", () => {
    const x = linear([0, 10], [100, 200]);
    expect([x(0), x(5), x(10)]).toEqual([100, 150, 200]);
    expect(linear([3, 3], [0, 1])(3)).toBe(0);
    expect(
      line([
        [0, 1],
        [2.04, 3],
      ]),
    ).toBe("M0.0,1.0L2.0,3.0");
    expect(sizeOf({ decimal: "-12.50", currency: "EUR" })).toBe(-12.5);
  });
});

describe("a stacked bar", () => {
  const parts = [
    { id: "new", values: [5, 0] },
    { id: "churn", values: [-2, -4] },
    { id: "exchange", values: [1, -1] },
  ];

  it("stands above nought with what was gained and below with what was lost", () => {
    expect(stack(parts, 0)).toEqual({
      blocks: [
        { id: "new", from: 0, to: 5 },
        { id: "churn", from: 0, to: -2 },
        { id: "exchange", from: 5, to: 6 },
      ],
      low: -2,
      high: 6,
    });
  });

  it("leaves out what did not move", () => {
    expect(stack(parts, 1).blocks.map(({ id }) => id)).toEqual(["churn", "exchange"]);
    expect(stack(parts, 9)).toEqual({ blocks: [], low: 0, high: 0 });
  });
});
