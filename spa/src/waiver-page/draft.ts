import { tabStorage } from "../lib/storage.ts";

/**
 * What a guest typed, kept in this tab until it is signed: through a reload, a lost signal and a change of language.
 * Never the signature or a tick: those belong to the text that was shown when they were set.
 */
const KEPT = [
  "guest_id",
  "signer_name",
  "signer_email",
  "signer_phone",
  "signer_birth_date",
  "minor_name",
  "minor_birth_date",
  "guardian_relationship",
];

type Field = HTMLInputElement | HTMLSelectElement;

/** Whether drafts are kept: not on a tablet that many sign on. */
export function keepsDraft(form: HTMLFormElement): boolean {
  return form.dataset.kiosk === undefined;
}

export function keepDraft(form: HTMLFormElement): void {
  tabStorage.set(key(form), JSON.stringify(typed(form)));
}

export function recallDraft(form: HTMLFormElement): void {
  fill(form, tabStorage.getJson(key(form)));
}

/** From one form to another, without storing anything. */
export function copyDraft(from: HTMLFormElement, to: HTMLFormElement): void {
  fill(to, typed(from));
}

function typed(form: HTMLFormElement): Record<string, string[]> {
  return Object.fromEntries(KEPT.map((name) => [name, fields(form, name).map(({ value }) => value)]));
}

/** Fills what is still empty; what the server sent back stands. */
function fill(form: HTMLFormElement, draft: unknown): void {
  const values = (draft ?? {}) as Record<string, unknown[] | undefined>;
  for (const name of KEPT) {
    for (const [index, field] of fields(form, name).entries()) {
      const value = values[name]?.[index];
      if (field.value || typeof value !== "string") continue;
      field.value = value;
      // Somebody else has signed under that name of the list meanwhile.
      if (field.value !== value) field.value = "";
    }
  }
}

export function forgetDraft(form: HTMLFormElement): void {
  tabStorage.remove(key(form));
}

function key(form: HTMLFormElement): string {
  return `scc.waiver ${new URL(form.action).pathname}`;
}

function fields(form: HTMLFormElement, name: string): Field[] {
  return [...form.querySelectorAll<Field>(`[name="${name}"]`)];
}
