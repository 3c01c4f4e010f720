import { copyDraft, keepsDraft } from "./draft.ts";

/**
 * A tablet that many sign on keeps nothing, so there the page in the other language takes the place of
 * this one, and what is typed goes from form to form. Elsewhere the draft brings it over.
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

async function change(
  form: HTMLFormElement,
  url: string,
  showPage: (page: Document) => void,
): Promise<void> {
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
