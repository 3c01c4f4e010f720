import { sendNow } from "../lib/browser/post-form.ts";
import { forgetDraft, keepsDraft } from "./draft.ts";
import { signUntilAnswered } from "./post.ts";
import { findProblems, showProblems } from "./problems.ts";
import { readSubmission, type Submission } from "./submission.ts";
import { dropWaiting, keepWaiting } from "./waiting.ts";

/** The texts of #form-status, which the page holds in its language. */
type State = "sending" | "offline" | "trouble" | "changed" | "";

interface Running extends AbortController {
  /** What is kept of it outside the page. */
  kept?: Submission;
}

/** Sends the form until there is an answer: signed, or a page that says why not. */
export function startSending(form: HTMLFormElement, showPage: (page: Document) => void): void {
  const path = new URL(form.action).pathname;
  let running: Running | null = null;

  const say = (state: State) => {
    const status = form.querySelector<HTMLElement>("#form-status");
    if (!status) return;
    const texts = state ? [status.dataset[state]] : [];
    if (state === "offline" || state === "trouble") {
      texts.push(status.dataset[running?.kept ? "kept" : "unkept"]);
    }
    status.textContent = texts.join(" ");
  };
  const stop = () => {
    running?.abort();
    running = null;
    window.removeEventListener("beforeunload", warn);
  };
  const forget = () => {
    if (running?.kept) dropWaiting(path, running.kept.id);
  };

  async function send(attempt: Running): Promise<void> {
    say("sending");
    const submission = await readSubmission(form);
    if (attempt.signal.aborted) return;
    if (keepsDraft(form) && keepWaiting(path, { ...submission, at_ms: Date.now() })) {
      attempt.kept = submission;
    } else {
      window.addEventListener("beforeunload", warn);
    }
    const body = new URLSearchParams(submission.body);
    const answer = await signUntilAnswered(form.action, body, attempt.signal, say);
    if (!answer) return;
    if ("signed" in answer) return leave(answer.signed);
    // Without a form it may be accepted later: a charter that is over can be opened again.
    if (answer.refused.querySelector("#waiver-form")) forget();
    stop();
    showPage(answer.refused);
  }

  function leave(url: string): void {
    forget();
    stop();
    forgetDraft(path);
    // On a tablet that many sign on, Back must not lead to a guest's form.
    if (keepsDraft(form)) location.assign(url);
    else location.replace(url);
  }

  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    if (running) return sendNow();
    // Before anything is sent: without a signal the server's answer may come too late.
    const problems = findProblems(form);
    showProblems(form, problems);
    if (problems.length > 0) return;
    const time = form.querySelector<HTMLInputElement>("#device_time");
    if (time) time.value = new Date().toISOString();
    running = new AbortController();
    void send(running);
  });
  form.addEventListener("input", () => {
    if (!running) return;
    // What is sent is what was signed; after a change the guest signs again.
    forget();
    stop();
    say("changed");
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    stop();
    say("");
  });
}

function warn(leaving: BeforeUnloadEvent): void {
  leaving.preventDefault();
}
