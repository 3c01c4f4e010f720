import type { Trouble } from "../lib/browser/post-form.ts";
import { forgetDraft } from "./draft.ts";
import { signUntilAnswered } from "./post.ts";
import { dropWaiting, listWaiting } from "./waiting.ts";

let running: AbortController | null = null;

/** Sends what an earlier page left on this phone, and says so above the form. */
export async function resumeSending(showPage: (page: Document) => void): Promise<void> {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const note = document.querySelector<HTMLElement>("#waiting");
  const path = location.pathname;
  // It drops what is too old, also on a page that sends nothing itself.
  const waiting = listWaiting(path);
  if (!note) return;
  let touched = false;
  document.addEventListener("input", () => (touched = true), { signal });

  for (const { id, body } of waiting) {
    const form = new URLSearchParams(body);
    const say = (state: "sending" | "signed" | Trouble) => {
      const [before = "", after = ""] = (note.dataset[state] ?? "").split("{name}");
      const name = document.createElement("bdi");
      name.textContent = form.get("signer_name");
      note.replaceChildren(before, name, after);
    };
    say("sending");
    const answer = await signUntilAnswered(path, form, signal, say);
    if (!answer) return;
    if ("refused" in answer) {
      // Without a form it may be accepted later: a charter that is over can be opened again.
      if (answer.refused.querySelector("#waiver-form")) dropWaiting(path, id);
      return showPage(answer.refused);
    }
    dropWaiting(path, id);
    // A guest who has begun the next form stays on it.
    if (!touched && listWaiting(path).length === 0) return leave(answer.signed);
    say("signed");
    const link = document.createElement("a");
    link.href = answer.signed;
    link.textContent = note.dataset.see ?? "";
    note.append(" ", link);
  }
}

function leave(url: string): void {
  forgetDraft(location.pathname);
  location.assign(url);
}
