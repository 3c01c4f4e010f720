import { expect, test } from "vitest";
import { HOUR_MS, longestWork, type Span } from "./captain-hours";

test("the longest work in a day is found wherever that day begins, and what overlaps counts once", () => {
  let seed = 7;
  const random = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % most;
  };
  const randomSpan = (): Span => {
    const from = random(96);
    return [from * HOUR_MS, (from + 1 + random(14)) * HOUR_MS];
  };
  for (let round = 0; round < 300; round++) {
    const charter = randomSpan();
    const others = Array.from({ length: random(5) }, randomSpan);
    // Hour by hour, in each day that touches the charter.
    const works = (hour: number) =>
      [charter, ...others].some(([from_ms, to_ms]) => from_ms <= hour * HOUR_MS && hour * HOUR_MS < to_ms);
    const [begins, ends] = charter.map((at_ms) => at_ms / HOUR_MS) as [number, number];
    let most = 0;
    for (let start = begins - 24; start <= ends; start++) {
      most = Math.max(most, Array.from({ length: 24 }, (_, hour) => start + hour).filter(works).length);
    }
    expect(longestWork(charter, others)).toBe(most * HOUR_MS);
  }
});
