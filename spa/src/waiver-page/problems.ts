import { isBlank } from "../lib/names";

type Field = HTMLInputElement | HTMLSelectElement;

export interface Problem {
  field: Field;
  sentence: string;
}

/** What is missing or no date, in the order of the page, in the server's own sentences: the page holds them. */
export function findProblems(part: Element): Problem[] {
  return [...part.querySelectorAll<Field>("[data-missing], [data-bad]")]
    .map((field) => ({ field, sentence: sentenceFor(field) }))
    .filter(({ sentence }) => sentence);
}

function sentenceFor(field: Field): string {
  if (field.validity.badInput) return field.dataset.bad ?? "";
  const isMissing = field.validity.valueMissing || (field.required && isBlank(field.value));
  return isMissing ? (field.dataset.missing ?? "") : "";
}

/**
 * Says beside each field what is wrong, and above the form all of it, as the server's page does; goes to the first.
 * It replaces what was said before.
 */
export function showProblems(form: HTMLFormElement, problems: Problem[]): void {
  for (const old of document.querySelectorAll(".summary, .error")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) clear(field);
  const [first] = problems;
  if (!first) return;
  for (const { field, sentence } of problems) {
    const note = element("p", "error", sentence);
    note.id = `${field.id}-error`;
    (field.closest("label") ?? field).after(note);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
  }
  form.prepend(summary(form, problems));
  goTo(first.field);
}

function summary(form: HTMLFormElement, problems: Problem[]): HTMLElement {
  const list = document.createElement("ul");
  for (const { field, sentence } of problems) {
    const link = element("a", "", sentence);
    link.setAttribute("href", `#${field.id}`);
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  const box = element("div", "summary", "");
  box.setAttribute("role", "alert");
  box.append(element("p", "", form.dataset.problems ?? ""), list);
  return box;
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

/** Takes back what is said of a field as soon as it is right. What only the server can judge stays until it does. */
export function startProblems(form: HTMLFormElement): void {
  form.addEventListener("input", () => {
    for (const field of form.querySelectorAll<Field>("[aria-invalid]")) {
      const note = document.getElementById(`${field.id}-error`);
      const { missing, bad } = field.dataset;
      if (!note?.textContent || ![missing, bad].includes(note.textContent) || sentenceFor(field)) continue;
      note.remove();
      clear(field);
      const link = [...document.querySelectorAll<HTMLAnchorElement>(".summary a")].find(
        ({ hash }) => hash === `#${field.id}`,
      );
      link?.closest("li")?.remove();
    }
    const box = document.querySelector(".summary");
    if (box?.querySelector("ul:empty")) box.remove();
  });
}

function clear(field: Element): void {
  field.removeAttribute("aria-invalid");
  field.removeAttribute("aria-describedby");
}

/** Shows a field or a part of the page and moves the focus there. */
export function goTo(goal: HTMLElement): void {
  const folded = goal.closest("details");
  if (folded) folded.open = true;
  const isField = goal.matches("input, select");
  if (!isField) goal.tabIndex = -1;
  goal.scrollIntoView({ block: isField ? "center" : "start" });
  goal.focus({ preventScroll: true });
}

/** Links within the page leave no entry in the history: on a shared tablet, Back must not lead to a guest's form. */
export function startLinksWithin(): void {
  document.addEventListener("click", (clicked) => {
    const link = clicked.target instanceof Element && clicked.target.closest<HTMLAnchorElement>('a[href^="#"]');
    const goal = link && document.getElementById(link.hash.slice(1));
    if (!goal) return;
    clicked.preventDefault();
    goTo(goal);
  });
}
