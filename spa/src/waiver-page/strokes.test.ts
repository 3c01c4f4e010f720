import { expect, test } from "vitest";
import { fitting, MAX_CHARS, MAX_STROKES, pack, parseStrokes, type Strokes, shrinkage, unpack } from "./strokes";

const stroke = (...points: [number, number, number][]) => ({ points: points.map(([x, y, time]) => ({ x, y, time })) });

test("a drawing is kept as whole numbers, its time counted from the first point", () => {
  const drawn = [stroke([1.4, 2.6, 5000.2], [10, 20, 5016]), stroke([3, 4, 6000])];
  const strokes: Strokes = [
    [
      [1, 3, 0],
      [10, 20, 16],
    ],
    [[3, 4, 1000]],
  ];
  expect(pack(drawn)).toEqual(strokes);
  expect(pack(unpack(strokes))).toEqual(strokes);
  expect(pack([])).toEqual([]);
});

test.each(["", "nonsense", "{}", "[1]", "[[[1,2]]]", '[[["1",2,3]]]'])("%j is no drawing", (text) => {
  expect(parseStrokes(text)).toEqual([]);
});

test("what the server sends back is the drawing again", () => {
  expect(parseStrokes("[[[1,2,0],[3,4,16]]]")).toEqual([
    [
      [1, 2, 0],
      [3, 4, 16],
    ],
  ]);
});

test("a drawing without strokes is no text, for the form then asks for a typed name", () => {
  expect(fitting([])).toBe("");
});

test("a dot is no signature, and no text either until there is a line; then it is part of the drawing", () => {
  const dot: Strokes[number] = [[5, 5, 0]];
  const still: Strokes[number] = [
    [5, 5, 0],
    [5, 5, 9],
  ];
  expect(fitting([dot, still])).toBe("");
  expect(fitting([dot, [...still, [6, 9, 30]]])).toBe("[[[5,5,0]],[[5,5,0],[5,5,9],[6,9,30]]]");
});

test("no more strokes are sent than the server takes", () => {
  const many = Array.from({ length: MAX_STROKES + 1 }, (): [number, number, number][] => [
    [1, 1, 0],
    [2, 1, 9],
  ]);
  expect(JSON.parse(fitting(many))).toHaveLength(MAX_STROKES);
});

test.each([1000, 3000, 100_000])(
  "of a drawing of three strokes of %i points every stroke is sent, and it fits",
  (count) => {
    const strokes = [0, 1, 2].map((y) =>
      Array.from({ length: count }, (_, x): [number, number, number] => [x, y, 16 * (x + y * count)]),
    );
    const text = fitting(strokes);
    expect(text.length).toBeLessThanOrEqual(MAX_CHARS);
    expect(encodeURIComponent(text).length).toBeLessThan(120 * 1024);
    const sent = JSON.parse(text) as Strokes;
    expect(sent.map((stroke) => [stroke[0], stroke.at(-1)])).toEqual(
      strokes.map((stroke) => [stroke[0], stroke.at(-1)]),
    );
    // Thinned no more than needed: twice as many points would not fit.
    const steps = sent.flatMap((stroke) => stroke.slice(1, -1).map(([x], index) => x - (stroke[index]?.[0] ?? 0)));
    expect(new Set(steps).size).toBe(1);
    if (steps[0] !== 1) expect(2 * text.length).toBeGreaterThan(MAX_CHARS * 0.95);
  },
);

test("a drawing made in landscape shrinks to a phone turned upright, and one that fits stays", () => {
  expect(shrinkage([stroke([700, 50, 0], [100, 20, 9])], 350)).toBe(0.5);
  expect(shrinkage([stroke([300, 50, 0])], 350)).toBe(1);
  expect(shrinkage([], 350)).toBe(1);
  expect(shrinkage([stroke([300, 50, 0])], 0)).toBe(1);
});
