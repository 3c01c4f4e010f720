import { useEffect } from "preact/hooks";
import { onReturn } from "./browser/on-return";
import { nowMs } from "./clock";

const STALE_MS = 60_000;

/** Loads at the start, when the network is back, and on return to the page when what was read is old. */
export function useReload(load: () => void, readAtMs: () => number, on: readonly unknown[] = []): void {
  useEffect(() => {
    load();
    return onReturn((cause) => {
      if (cause === "network" || nowMs() - readAtMs() > STALE_MS) load();
    });
  }, on);
}
