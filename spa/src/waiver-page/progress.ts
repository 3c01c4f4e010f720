import { findProblems } from "./problems.ts";

/** Says above the document how many of the page's parts are done, and marks them. */
export function startProgress(form: HTMLFormElement): void {
  const progress = document.querySelector<HTMLElement>("#progress");
  const text = progress?.querySelector("p");
  if (!progress || !text) return;
  const links = [...progress.querySelectorAll("a")];
  let hasSeenTheEnd = false;

  const isDone = (index: number): boolean => {
    const part = document.querySelector(links[index]?.hash ?? "");
    if (!part) return false;
    // The document: read as far as can be seen, or as the guest says.
    if (!form.contains(part)) return hasSeenTheEnd || form.querySelector("#intent:checked") !== null;
    // Nobody has to name a minor: this part is done with the one before.
    if (part instanceof HTMLDetailsElement && !isDone(index - 1)) return false;
    return findProblems(part).length === 0;
  };
  const show = () => {
    const done = links.map((_, index) => isDone(index));
    const count = done.filter(Boolean).length;
    for (const [index, link] of links.entries()) {
      link.classList.toggle("done", done[index]);
      if (index === done.indexOf(false)) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    const { done: some = "", all = "" } = text.dataset;
    text.textContent = count === links.length ? all : some.replace("{done}", String(count));
  };

  form.addEventListener("input", show);
  // The form follows the document, so its first line in view is the end of the document.
  const observer = new IntersectionObserver(([form]) => {
    if (!form?.isIntersecting) return;
    hasSeenTheEnd = true;
    observer.disconnect();
    show();
  });
  observer.observe(form);
  show();
}
