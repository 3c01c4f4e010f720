import { copyDraft, keepsDraft } from "./draft.ts";

/**
 * A tablet that many sign on keeps no draft, so there the page in the other language replaces this one
 * and what is typed is copied from form to form. Elsewhere the draft does that.
 */
export function startLanguages(form: HTMLFormElement, showPage: (page: Document) => void): void {
  if (keepsDraft(form)) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".languages a")) {
    link.addEventListener("click", (clicked) => {
      clicked.preventDefault();
      void change(form, link.href, showPage);
    });
  }
}

async function change(form: HTMLFormElement, url: string, showPage: (page: Document) => void): Promise<void> {
  const status = document.querySelector<HTMLElement>("#language-status");
  try {
    const response = await fetch(url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const other = page.querySelector<HTMLFormElement>("#waiver-form");
    if (!other) throw new Error(response.statusText);
    copyDraft(form, other);
    history.replaceState(null, "", url);
    showPage(page);
  } catch {
    if (status) status.textContent = status.dataset.offline ?? "";
  }
}
