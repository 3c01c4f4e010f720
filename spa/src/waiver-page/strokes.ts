/** A drawn signature: strokes of points [x, y, milliseconds since the first], in whole numbers. */
export type Strokes = [number, number, number][][];

interface Point {
  x: number;
  y: number;
  time: number;
}

/** The server takes 200 strokes of 60 000 characters, in a form of 128 KB: encoded, a drawing more than doubles. */
export const MAX_STROKES = 200;
export const MAX_CHARS = 50_000;

export function pack(groups: { points: Point[] }[]): Strokes {
  const start_ms = groups[0]?.points[0]?.time ?? 0;
  return groups.map(({ points }) =>
    points.map(({ x, y, time }) => [Math.round(x), Math.round(y), Math.round(time - start_ms)]),
  );
}

export function unpack(strokes: Strokes): { points: Point[] }[] {
  return strokes.map((stroke) => ({ points: stroke.map(([x, y, time]) => ({ x, y, time })) }));
}

/** What the form's hidden field holds; no strokes when it is anything else. */
export function parseStrokes(text: string): Strokes {
  try {
    const strokes: unknown = JSON.parse(text);
    return Array.isArray(strokes) && strokes.every(isStroke) ? strokes : [];
  } catch {
    return [];
  }
}

function isStroke(stroke: unknown): stroke is [number, number, number][] {
  const isPoint = (point: unknown) => Array.isArray(point) && point.length === 3 && point.every(Number.isFinite);
  return Array.isArray(stroke) && stroke.every(isPoint);
}

/** The strokes as text, with as many of their points as fit. Dots alone are no signature. */
export function fitting(strokes: Strokes): string {
  let kept = strokes.slice(0, MAX_STROKES);
  if (!kept.some(isLine)) return "";
  let text = JSON.stringify(kept);
  while (text.length > MAX_CHARS) {
    kept = kept.map(thinned);
    text = JSON.stringify(kept);
  }
  return text;
}

/** Every second point, the first and the last among them. */
function thinned(stroke: Strokes[number]): Strokes[number] {
  return stroke.filter((_, index) => index % 2 === 0 || index === stroke.length - 1);
}

function isLine(stroke: Strokes[number]): boolean {
  return stroke.some(([x, y]) => x !== stroke[0]?.[0] || y !== stroke[0]?.[1]);
}

/** The factor that makes a drawing fit into a field of this width; at most 1. */
export function shrinkage(groups: { points: Point[] }[], width: number): number {
  const right = Math.max(0, ...groups.flatMap(({ points }) => points.map(({ x }) => x)));
  return right > width && width > 0 ? width / right : 1;
}
