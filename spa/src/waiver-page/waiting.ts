import { deviceStorage } from "../lib/browser/storage.ts";

/**
 * A signature that the server has not answered yet, kept on the guest's phone. It outlives the page
 * and the browser. It keeps its id, so that sending it again is the same signature.
 */
export interface Waiting {
  id: string;
  /** The hash of what it says, see submission.ts. */
  fingerprint: string;
  /** The form as it was signed. */
  body: string;
  at_ms: number;
}

const PREFIX = "scc.waiver.waiting ";
/** After this time what a phone keeps is given up, so that no birth date stays on it for good. */
export const LONGEST_MS = 7 * 24 * 3_600_000;

/** False where the browser refuses to store: then it lives as long as the page. */
export function keepWaiting(path: string, waiting: Waiting): boolean {
  return deviceStorage.set(key(path, waiting.id), JSON.stringify(waiting));
}

export function dropWaiting(path: string, id: string): void {
  deviceStorage.remove(key(path, id));
}

/** Those of one charter, oldest first. Those of any charter that are too old, or broken, are dropped. */
export function listWaiting(path: string, now_ms = Date.now()): Waiting[] {
  const found: Waiting[] = [];
  for (const name of deviceStorage.keys().filter((name) => name.startsWith(PREFIX))) {
    const waiting = deviceStorage.getJson(name);
    if (!isWaiting(waiting) || now_ms - waiting.at_ms >= LONGEST_MS) deviceStorage.remove(name);
    else if (name === key(path, waiting.id)) found.push(waiting);
  }
  return found.sort((a, b) => a.at_ms - b.at_ms);
}

function isWaiting(value: unknown): value is Waiting {
  const { id, fingerprint, body, at_ms } = (value ?? {}) as Record<string, unknown>;
  const texts = [id, fingerprint, body];
  return texts.every((text) => typeof text === "string") && typeof at_ms === "number";
}

function key(path: string, id: string): string {
  return `${PREFIX}${path} ${id}`;
}
