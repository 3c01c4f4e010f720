import { expect, test } from "vitest";
import { signaturePath } from "./signature-path";

test("strokes become lines within a box that has room for the pen", () => {
  const strokes = [
    [
      [100, 50, 0],
      [300, 50, 10],
      [300, 90, 20],
    ],
    [[200, 70]],
  ] as const;
  expect(signaturePath(strokes)).toEqual({ viewBox: "-10 -10 220 60", path: "M0 0L200 0L200 40M100 20h0" });
});

test("a dot has a box, and nothing drawn has no picture", () => {
  expect(signaturePath([[[5, 5]]])).toEqual({ viewBox: "-0.05 -0.05 1.1 1.1", path: "M0 0h0" });
  expect(signaturePath([])).toBeNull();
  expect(signaturePath([[]])).toBeNull();
});

test("the longest signature that is accepted is drawn", () => {
  const long = Array.from({ length: 200_000 }, (_, at) => [at, at % 7] as const);
  expect(signaturePath([long])?.path).toMatch(/L199999 \d$/);
});
