/**
 * A signature that is not through yet, kept on the guest's phone until the server has answered: it
 * outlives the page and the browser. Under its own id, so that sending it again is the same signature.
 */
export interface Waiting {
  id: string;
  /** The fingerprint of its words. */
  print: string;
  /** The form as it was signed. */
  body: string;
  at_ms: number;
}

const PREFIX = "scc.waiver.waiting ";
/** What no server has answered by then never will be: nobody's birth date stays on a phone for good. */
const LONGEST_MS = 30 * 24 * 3_600_000;

/** False where the browser refuses to store: then it lives as long as the page. */
export function keepWaiting(path: string, waiting: Waiting): boolean {
  try {
    localStorage.setItem(key(path, waiting.id), JSON.stringify(waiting));
    return true;
  } catch {
    return false;
  }
}

export function dropWaiting(path: string, id: string): void {
  try {
    localStorage.removeItem(key(path, id));
  } catch {
    // Nothing was kept either.
  }
}

/** Those of one charter, oldest first. */
export function listWaiting(path: string, now_ms = Date.now()): Waiting[] {
  try {
    const kept = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    const found = kept.flatMap((name) => {
      const waiting = read(name);
      if (waiting && now_ms - waiting.at_ms < LONGEST_MS) return [{ name, waiting }];
      localStorage.removeItem(name);
      return [];
    });
    return found
      .filter(({ name, waiting }) => name === key(path, waiting.id))
      .map(({ waiting }) => waiting)
      .sort((a, b) => a.at_ms - b.at_ms);
  } catch {
    return [];
  }
}

function read(name: string): Waiting | null {
  try {
    const { id, print, body, at_ms } = JSON.parse(localStorage.getItem(name) ?? "");
    const whole = [id, print, body].every((one) => typeof one === "string");
    return whole && typeof at_ms === "number" ? { id, print, body, at_ms } : null;
  } catch {
    return null;
  }
}

function key(path: string, id: string): string {
  return `${PREFIX}${path} ${id}`;
}
