// The waiver's page works without this. With it: progress, problems beside their fields, drawing, a draft, sending that
// waits for a signal.
import { dropOldDrafts, keepDraft, keepsDraft, recallDraft } from "./draft.ts";
import { startGuests } from "./guests.ts";
import { startKiosk } from "./kiosk.ts";
import { startLanguages } from "./languages.ts";
import { startMinors } from "./minors.ts";
import { startPad } from "./pad.ts";
import { startLinksWithin, startProblems } from "./problems.ts";
import { startProgress } from "./progress.ts";
import { resumeSending } from "./resuming.ts";
import { startSending } from "./sending.ts";

function startForm(): void {
  const form = document.querySelector<HTMLFormElement>("#waiver-form");
  if (!form) return;
  if (keepsDraft(form)) {
    recallDraft(form);
    form.addEventListener("input", () => keepDraft(form));
  }
  startLanguages(form, showPage);
  startGuests(form);
  startMinors(form);
  startPad(form);
  startProblems(form);
  startProgress(form);
  startSending(form, showPage);
}

/** Shows what the server answered, as the browser would; the address stays. */
function showPage(page: Document): void {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.adoptNode(page.body));
  startForm();
  const first = document.querySelector<HTMLElement>(".summary") ?? document.querySelector<HTMLElement>("h1");
  if (!first) return;
  first.tabIndex = -1;
  first.focus();
}

dropOldDrafts();
startForm();
startLinksWithin();
startKiosk();
void resumeSending(showPage);
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) void resumeSending(showPage);
});
