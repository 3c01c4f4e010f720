import { useMemo } from "preact/hooks";
import { qrPath } from "./qr-path";
import "./qr.css";

/** A QR code in black on white, whatever the screen's colours: cameras expect it so. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect class="qr-light" width={size} height={size} />
      <path class="qr-dark" d={path} />
    </svg>
  );
}
