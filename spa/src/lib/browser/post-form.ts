import { onReturn } from "./on-return.ts";

const TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 30_000;

export type Trouble = "offline" | "trouble";

/** A page of the server: where its answer led, or the form again. */
export interface Answered {
  page: Document;
  /** Null for a page that says why not. */
  taken: string | null;
}

type Tried = Answered | { wait: Trouble; after_ms?: number };

const wake = new EventTarget();

/** Ends the pauses between two attempts. */
export function sendNow(): void {
  wake.dispatchEvent(new Event("now"));
}

onReturn(sendNow);

/** Sends a form until the server has answered it with a page. Null when it was stopped. */
export async function postUntilAnswered(
  address: string,
  body: () => URLSearchParams,
  stopped: AbortSignal,
  say: (trouble: Trouble) => void,
): Promise<Answered | null> {
  for (let attempts = 0; ; attempts++) {
    const tried = await postOnce(address, body(), stopped);
    if (stopped.aborted) return null;
    if (!("wait" in tried)) return tried;
    say(tried.wait);
    await pause(tried.after_ms ?? pauseMs(attempts, Math.random()), stopped);
    if (stopped.aborted) return null;
  }
}

/** Doubles from a second up to half a minute, less a random part, so that a whole boat does not send at once. */
export function pauseMs(attempts: number, chance: number): number {
  return Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** attempts) * (0.5 + chance / 2);
}

function pause(length_ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      wake.removeEventListener("now", done);
      stopped.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, length_ms);
    wake.addEventListener("now", done);
    stopped.addEventListener("abort", done);
  });
}

/** One attempt. */
export async function postOnce(address: string, body: URLSearchParams, stopped: AbortSignal): Promise<Tried> {
  // Guests' phones may be too old for AbortSignal.any.
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  stopped.addEventListener("abort", abort);
  try {
    const response = await fetch(address, { method: "POST", body, signal: attempt.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.redirected && response.ok) return { page, taken: response.url };
    // Anything between here and the server may answer with a page of its own.
    const ours = response.status >= 400 && response.status < 500 && page.querySelector("main");
    if (ours && response.status === 429) {
      const wait_s = Number(response.headers.get("Retry-After") ?? 60);
      return { wait: "trouble", after_ms: 1000 * wait_s };
    }
    return ours ? { page, taken: null } : { wait: "trouble" };
  } catch {
    return { wait: "offline" };
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener("abort", abort);
  }
}
