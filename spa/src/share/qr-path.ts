import qrcode from "qrcode-generator";

/** Width of the light border that scanners need to find the code, in modules (ISO/IEC 18004). */
export const QUIET = 4;

export interface QrPath {
  /** Modules along one side, with the quiet zone. */
  size: number;
  /** The dark modules as an SVG path in which one module is one unit. */
  path: string;
}

/** A text as a QR code of error correction level M: readable with a fold or a splash on it. */
export function qrPath(text: string): QrPath {
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
