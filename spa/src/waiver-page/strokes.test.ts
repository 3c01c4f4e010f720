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
  expect(fitting([])).toEqual({ kept: [], text: "" });
});

test("a dot is no signature, and no text either until there is a line", () => {
  const dot: Strokes[number] = [
    [5, 5, 0],
    [5, 5, 9],
  ];
  expect(fitting([dot])).toEqual({ kept: [dot], text: "" });
  expect(
    fitting([
      dot,
      [
        [5, 5, 20],
        [6, 9, 30],
      ],
    ]).text,
  ).not.toBe("");
});

test("strokes that would not fit into the form are left out at the end", () => {
  const many = Array.from({ length: MAX_STROKES + 1 }, (): [number, number, number][] => [
    [1, 1, 0],
    [2, 1, 9],
  ]);
  expect(fitting(many).kept).toHaveLength(MAX_STROKES);

  const long = Array.from({ length: 3000 }, (_, at): [number, number, number] => [at, at, at]);
  const { kept, text } = fitting([long, long, long]);
  expect(text.length).toBeLessThanOrEqual(MAX_CHARS);
  expect(kept).toEqual([long]);
});

test("a drawing made in landscape shrinks to a phone turned upright, and one that fits stays", () => {
  expect(shrinkage([stroke([700, 50, 0], [100, 20, 9])], 350)).toBe(0.5);
  expect(shrinkage([stroke([300, 50, 0])], 350)).toBe(1);
  expect(shrinkage([], 350)).toBe(1);
  expect(shrinkage([stroke([300, 50, 0])], 0)).toBe(1);
});
