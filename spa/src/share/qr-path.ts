import qrcode from "qrcode-generator";

/** Width of the light border that scanners need to find the code, in modules (ISO/IEC 18004). */
export const QUIET = 4;

/**
 * A text as a QR code of error correction level M: readable with a fold or a splash on it. `path` holds
 * the dark modules, one unit each; `size` counts those along one side, with the quiet zone.
 */
export function qrPath(text: string): { size: number; path: string } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (!code.isDark(row, column)) continue;
      const start = column;
      while (column + 1 < count && code.isDark(row, column + 1)) column++;
      const length = column + 1 - start;
      path += `M${start + QUIET} ${row + QUIET}h${length}v1h-${length}z`;
    }
  }
  return { size: count + 2 * QUIET, path };
}
