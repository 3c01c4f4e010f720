import qrcode from "qrcode-generator";
import { expect, test } from "vitest";
import { QUIET, qrPath } from "./qr-path";

const url = "https://charters.example.com/g/0K3mZxq0T1mWb9cJtVf2Aw";

test("the path draws every dark module once and no other", () => {
  const { size, path } = qrPath(url);
  const drawn = new Set<string>();
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = 0; at < Number(length); at++) drawn.add(`${Number(x) + at} ${y}`);
  }
  const code = qrcode(0, "M");
  code.addData(url);
  code.make();
  expect(size).toBe(code.getModuleCount() + 2 * QUIET);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const inside = [row, column].every((at) => at >= QUIET && at < size - QUIET);
      const dark = inside && code.isDark(row - QUIET, column - QUIET);
      expect(drawn.has(`${column} ${row}`), `${column} ${row}`).toBe(dark);
    }
  }
});

test("a finder pattern stands in three corners, with a quiet zone around", () => {
  const { size, path } = qrPath(url);
  const finder = (x: number, y: number) => path.includes(`M${x} ${y}h7v1h-7z`);
  const far = size - QUIET - 7;
  expect([finder(QUIET, QUIET), finder(far, QUIET), finder(QUIET, far)]).toEqual([true, true, true]);
  expect(finder(far, far)).toBe(false);
});
