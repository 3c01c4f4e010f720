import SignaturePad, { type BasicPoint, type PointGroup } from "signature_pad";
import { fitting, MAX_STROKES, pack, parseStrokes, shrinkage, unpack } from "./strokes.ts";

const LINE = {
  minWidth: 1,
  maxWidth: 3,
  dotSize: 0,
  velocityFilterWeight: 0.7,
  penColor: "black",
  compositeOperation: "source-over",
} as const;

/** Lets guests draw their signature instead of typing it. */
export function startPad(form: HTMLFormElement): void {
  const part = form.querySelector<HTMLElement>("#signature-pad");
  const canvas = part?.querySelector("canvas");
  const stored = form.querySelector<HTMLInputElement>("#signature_strokes");
  const typed = form.querySelector<HTMLInputElement>("#signature_typed");
  if (!part || !canvas?.getContext("2d") || !stored || !typed) return;
  part.hidden = false;
  const pad = new SignaturePad(canvas, LINE);

  const store = () => {
    const text = fitting(pack(pad.toData()));
    if (pad.toData().length > MAX_STROKES) show(pad.toData().slice(0, MAX_STROKES));
    stored.value = text;
    typed.required = !text;
    stored.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = (groups: PointGroup[]) => {
    const { color: penColor } = getComputedStyle(canvas);
    pad.penColor = penColor;
    pad.fromData(groups.map((group) => ({ ...group, penColor })));
  };
  const resize = () => {
    const groups = pad.toData();
    const { clientWidth: width, clientHeight: height } = canvas;
    const sharpness = Math.max(window.devicePixelRatio, 1);
    canvas.width = width * sharpness;
    canvas.height = height * sharpness;
    canvas.getContext("2d")?.scale(sharpness, sharpness);
    const factor = shrinkage(groups, width);
    show(groups.map((group) => ({ ...group, points: group.points.map(scaled(factor)) })));
  };

  pad.fromData(
    unpack(parseStrokes(stored.value)).map(({ points }) => ({
      ...LINE,
      points: points.map((point) => ({ ...point, pressure: 0 })),
    })),
  );
  resize();
  typed.required = !stored.value;
  pad.addEventListener("endStroke", store);
  part.querySelector("button")?.addEventListener("click", () => {
    pad.clear();
    store();
  });
  new ResizeObserver(resize).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(pad.toData()));
}

function scaled(factor: number): (point: BasicPoint) => BasicPoint {
  return (point) => ({ ...point, x: point.x * factor, y: point.y * factor });
}
