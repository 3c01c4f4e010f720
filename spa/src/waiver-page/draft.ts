import { tabStorage } from "../lib/browser/storage.ts";
import { LONGEST_MS } from "./waiting.ts";

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

const PREFIX = "scc.waiver ";

interface Draft {
  /** By field: the values of all fields of that name. */
  values: Record<string, string[]>;
  /** When it was last changed. */
  at_ms: number;
}

type Field = HTMLInputElement | HTMLSelectElement;

/** Whether drafts are kept: not on a tablet that many sign on. */
export function keepsDraft(form: HTMLFormElement): boolean {
  return form.dataset.kiosk === undefined;
}

export function keepDraft(form: HTMLFormElement, now_ms = Date.now()): void {
  const draft: Draft = { values: typed(form), at_ms: now_ms };
  tabStorage.set(PREFIX + pathOf(form), JSON.stringify(draft));
}

export function recallDraft(form: HTMLFormElement): void {
  const draft = tabStorage.getJson(PREFIX + pathOf(form));
  if (isDraft(draft)) fill(form, draft.values);
}

/** From one form to another, without storing anything. */
export function copyDraft(from: HTMLFormElement, to: HTMLFormElement): void {
  fill(to, typed(from));
}

function typed(form: HTMLFormElement): Record<string, string[]> {
  return Object.fromEntries(KEPT.map((name) => [name, fields(form, name).map(({ value }) => value)]));
}

/** Fills what is still empty; what the server sent back stands. */
function fill(form: HTMLFormElement, values: Record<string, unknown[] | undefined>): void {
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

/** `path` is that of the charter's waiver. */
export function forgetDraft(path: string): void {
  tabStorage.remove(PREFIX + path);
}

/** Drops the drafts of any charter that are too old, or broken. */
export function dropOldDrafts(now_ms = Date.now()): void {
  for (const name of tabStorage.keys().filter((name) => name.startsWith(PREFIX))) {
    const draft = tabStorage.getJson(name);
    if (!isDraft(draft) || now_ms - draft.at_ms >= LONGEST_MS) tabStorage.remove(name);
  }
}

function isDraft(value: unknown): value is Draft {
  const { values, at_ms } = (value ?? {}) as Record<string, unknown>;
  return typeof values === "object" && values !== null && typeof at_ms === "number";
}

function pathOf(form: HTMLFormElement): string {
  return new URL(form.action).pathname;
}

function fields(form: HTMLFormElement, name: string): Field[] {
  return [...form.querySelectorAll<Field>(`[name="${name}"]`)];
}
