import { expect, test } from "vitest";
import { chartGeometry } from "./chart-geometry";

const plot = { left: 40, right: 340, top: 10, bottom: 110 };

test("bars stand on zero, as high as their value", () => {
  const { bars, ticks } = chartGeometry([50_000, 100_000, 0], plot);
  expect(ticks.map(({ cents }) => cents)).toEqual([0, 50_000, 100_000]);
  expect(ticks.map(({ y }) => y)).toEqual([110, 60, 10]);
  expect(bars.map(({ y, height }) => [y, height])).toEqual([
    [60, 50],
    [10, 100],
    [110, 0],
  ]);
});

test("they share the width with gaps between them, and none leaves the plot", () => {
  const { bars, step } = chartGeometry([1, 2, 3], plot);
  expect(step).toBe(100);
  expect(bars.map(({ x, width }) => [x, width])).toEqual([
    [52.5, 75],
    [152.5, 75],
    [252.5, 75],
  ]);
});

test("a month in which more went out than came in hangs below zero", () => {
  const { bars, ticks } = chartGeometry([60_000, -30_000], plot);
  const zero = ticks.find(({ cents }) => cents === 0)?.y ?? 0;
  expect(bars[0]?.y).toBeLessThan(zero);
  expect(bars[1]?.y).toBe(zero);
  expect((bars[1]?.y ?? 0) + (bars[1]?.height ?? 0)).toBeLessThanOrEqual(plot.bottom);
});

test("months without any money are drawn, not divided by", () => {
  const { bars, ticks } = chartGeometry([0, 0], plot);
  expect(bars.every(({ height }) => height === 0)).toBe(true);
  expect(ticks).toEqual([
    { cents: 0, y: 110 },
    { cents: 100, y: 10 },
  ]);
});

test("the highest bar never reaches above the highest line", () => {
  for (const most of [1, 99, 12_345, 99_999_999, 123_456_789]) {
    const { bars, ticks } = chartGeometry([most], plot);
    expect(bars[0]?.y).toBeGreaterThanOrEqual(plot.top);
    expect(ticks.length).toBeLessThanOrEqual(5);
  }
});
