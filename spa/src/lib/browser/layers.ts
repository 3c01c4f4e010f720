import { stepBack } from "./router";

/** A dialog that lies over the page; one without `close` stays until what it asks for is done. */
interface Layer {
  close: (() => void) | null;
}

/** The topmost last. Each has an entry in the history, so that Back closes it and does not leave the page. */
const layers: Layer[] = [];

/** Puts a layer over the page; returns what takes it away when it was closed by other means than Back. */
export function openLayer(close: Layer["close"]): () => void {
  const layer = { close };
  layers.push(layer);
  window.addEventListener("popstate", onPopState);
  queueMicrotask(followLayers);
  return () => {
    const place = layers.indexOf(layer);
    if (place >= 0) layers.splice(place, 1);
    queueMicrotask(followLayers);
  };
}

function entries(): number {
  return window.history.state?.layers ?? 0;
}

/** Brings the history to as many entries as there are layers. An entry without its layer is never shown by itself. */
function followLayers(): void {
  if (stepBack.isUnderWay) return;
  // Counted, not asked again: a browser that has seen too many of these adds none, and does not say so.
  for (let count = entries() + 1; count <= layers.length; count++) window.history.pushState({ layers: count }, "");
  if (entries() > layers.length) {
    stepBack.isUnderWay = true;
    window.history.go(layers.length - entries());
  }
}

function onPopState(): void {
  const isOurs = stepBack.isUnderWay;
  stepBack.isUnderWay = false;
  while (!isOurs && layers.length > entries()) {
    const close = layers.at(-1)?.close;
    if (!close) break;
    layers.pop();
    close();
  }
  followLayers();
  const { afterwards } = stepBack;
  stepBack.afterwards = () => {};
  afterwards();
}
