/** A drawn signature: strokes of points [x, y, milliseconds since the first], in whole numbers. */
export type Strokes = [number, number, number][][];

interface Point {
  x: number;
  y: number;
  time: number;
}

/** More would not fit into the form: about a minute and a half of drawing without a pause. */
export const MAX_STROKES = 200;
export const MAX_CHARS = 60_000;

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

/** The strokes as text, without the last ones when they are too many. Dots alone are no signature. */
export function fitting(strokes: Strokes): { kept: Strokes; text: string } {
  let kept = strokes.slice(0, MAX_STROKES);
  let text = JSON.stringify(kept);
  while (text.length > MAX_CHARS) {
    kept = kept.slice(0, -1);
    text = JSON.stringify(kept);
  }
  return { kept, text: kept.some(isLine) ? text : "" };
}

function isLine(stroke: Strokes[number]): boolean {
  return stroke.some(([x, y]) => x !== stroke[0]?.[0] || y !== stroke[0]?.[1]);
}

/** The factor that makes a drawing fit into a field of this width; at most 1. */
export function shrinkage(groups: { points: Point[] }[], width: number): number {
  const right = Math.max(0, ...groups.flatMap(({ points }) => points.map(({ x }) => x)));
  return right > width && width > 0 ? width / right : 1;
}
