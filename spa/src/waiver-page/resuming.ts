import { forgetDraft } from "./draft.ts";
import { postUntilAnswered, type Trouble } from "./post.ts";
import { dropWaiting, listWaiting } from "./waiting.ts";

let running: AbortController | null = null;

/** Sends what an earlier page had to leave on this phone, and says so above the form. */
export async function resumeSending(showPage: (page: Document) => void): Promise<void> {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const note = document.querySelector<HTMLElement>("#waiting");
  const path = location.pathname;
  if (!note) return;
  let touched = false;
  document.addEventListener("input", () => (touched = true), { signal });

  for (const { id, body } of listWaiting(path)) {
    const form = new URLSearchParams(body);
    const say = (state: "sending" | "signed" | Trouble) => {
      const words = note.dataset[state] ?? "";
      note.textContent = words.replace("{name}", form.get("signer_name") ?? "");
    };
    say("sending");
    const answer = await postUntilAnswered(path, form, signal, say);
    if (!answer) return;
    if ("refused" in answer) {
      // What no form can mend may be mended elsewhere: a charter that is over can be opened again.
      if (answer.refused.querySelector("#waiver-form")) dropWaiting(path, id);
      return showPage(answer.refused);
    }
    dropWaiting(path, id);
    // Whoever fills in the next form is not taken away from it.
    if (!touched && listWaiting(path).length === 0) return leave(answer.signed);
    say("signed");
    note.append(" ", link(answer.signed, note.dataset.see ?? ""));
  }
}

function leave(url: string): void {
  const form = document.querySelector<HTMLFormElement>("#waiver-form");
  if (form) forgetDraft(form);
  location.assign(url);
}

function link(url: string, text: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = text;
  return made;
}
