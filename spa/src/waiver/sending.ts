import { forgetDraft, keepsDraft } from "./draft.ts";
import { takeSubmission } from "./submission.ts";

const TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 30_000;

/** Words of #form-status, which the page brings in its language. */
type State = "sending" | "offline" | "trouble" | "changed" | "";

type Answer = { signed: string } | { refused: Document } | { wait: "offline" | "trouble" };

/** Sends the form until an answer is there: signed, or a page that says why not. */
export function startSending(form: HTMLFormElement, showRefusal: (page: Document) => void): void {
  let running: AbortController | null = null;
  let tryNow = () => {};

  const say = (state: State) => {
    const status = form.querySelector<HTMLElement>("#form-status");
    if (status) status.textContent = state ? (status.dataset[state] ?? "") : "";
  };
  const stop = () => {
    running?.abort();
    running = null;
    window.removeEventListener("beforeunload", warn);
  };

  async function send({ signal }: AbortController): Promise<void> {
    say("sending");
    const body = await takeSubmission(form);
    for (let tries = 0; !signal.aborted; tries++) {
      const answer = await post(form.action, body, signal);
      if (signal.aborted) return;
      if ("signed" in answer) return leave(answer.signed);
      if ("refused" in answer) {
        stop();
        return showRefusal(answer.refused);
      }
      say(answer.wait);
      await new Promise<void>((resolve) => {
        tryNow = resolve;
        const timer = setTimeout(resolve, pauseMs(tries, Math.random()));
        signal.addEventListener("abort", () => clearTimeout(timer));
      });
    }
  }

  function leave(url: string): void {
    window.removeEventListener("beforeunload", warn);
    forgetDraft(form);
    // The tablet of many does not go back to a guest's form.
    if (keepsDraft(form)) location.assign(url);
    else location.replace(url);
  }

  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    if (running) return tryNow();
    if (reportMissing(form)) return;
    const time = form.querySelector<HTMLInputElement>("#device_time");
    if (time) time.value = new Date().toISOString();
    running = new AbortController();
    window.addEventListener("beforeunload", warn);
    void send(running);
  });
  form.addEventListener("input", () => {
    if (!running) return;
    // What is sent is what was signed; whoever changes it signs again.
    stop();
    say("changed");
  });
  window.addEventListener("online", () => tryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tryNow();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    stop();
    say("");
  });
}

/** Doubles from a second up to half a minute; by chance shorter, so that a whole boat does not send at once. */
export function pauseMs(tries: number, chance: number): number {
  return Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** tries) * (0.5 + chance / 2);
}

async function post(address: string, body: URLSearchParams, stopped: AbortSignal): Promise<Answer> {
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  const timer = setTimeout(abort, TIMEOUT_MS);
  stopped.addEventListener("abort", abort);
  try {
    const response = await fetch(address, { method: "POST", body, signal: attempt.signal });
    const text = await response.text();
    if (response.redirected && response.ok) return { signed: response.url };
    const page = new DOMParser().parseFromString(text, "text/html");
    // Anything between here and the server may answer with a page of its own.
    const ours = response.status >= 400 && response.status < 500 && page.querySelector("main");
    return ours ? { refused: page } : { wait: "trouble" };
  } catch {
    return { wait: "offline" };
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener("abort", abort);
  }
}

/** Without a signal nobody else says what is missing, and later the guest may be gone. */
function reportMissing(form: HTMLFormElement): boolean {
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")];
  const missing = fields.find(({ validity }) => validity.valueMissing || validity.badInput);
  const folded = missing?.closest("details");
  if (folded) folded.open = true;
  missing?.reportValidity();
  return missing !== undefined;
}

function warn(leaving: BeforeUnloadEvent): void {
  leaving.preventDefault();
}
