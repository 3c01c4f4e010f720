/** A point of a drawn signature: x, y, milliseconds. */
type Point = readonly number[];

/** Drawn strokes as one SVG path; null when nothing was drawn. */
export function signaturePath(strokes: readonly (readonly Point[])[]): { viewBox: string; path: string } | null {
  const points = strokes.flat();
  if (points.length === 0) return null;
  const xs = points.map(([x = 0]) => x);
  const ys = points.map(([, y = 0]) => y);
  const [left, top] = [least(xs), least(ys)];
  const width = Math.max(-least(xs.map((x) => -x)) - left, 1);
  const height = Math.max(-least(ys.map((y) => -y)) - top, 1);
  const margin = Math.max(width, height) / 20;
  const path = strokes
    .filter((stroke) => stroke.length > 0)
    .map((stroke) => {
      const corners = stroke.map(([x = 0, y = 0]) => `${x - left} ${y - top}`);
      // A dot is a line that goes nowhere.
      return `M${corners.join("L")}${corners.length === 1 ? "h0" : ""}`;
    })
    .join("");
  const box = [-margin, -margin, width + 2 * margin, height + 2 * margin];
  return { viewBox: box.map((number) => Number(number.toFixed(2))).join(" "), path };
}

/** A signature may have more points than a call may have arguments. */
function least(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}
