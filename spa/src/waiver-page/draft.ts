/**
 * What a guest typed, kept in this tab until it is signed: through a reload, a lost signal and a change of language.
 * Never the signature or a tick: those are meant for the text that stands there when they are set.
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

/** A tablet that many sign on keeps nothing. */
export function keepsDraft(form: HTMLFormElement): boolean {
  return form.dataset.kiosk === undefined;
}

export function keepDraft(form: HTMLFormElement): void {
  try {
    sessionStorage.setItem(key(form), JSON.stringify(typed(form)));
  } catch {
    // A browser that refuses to store: what is typed lives as long as the page.
  }
}

export function recallDraft(form: HTMLFormElement): void {
  fill(form, read(form));
}

/** From one form to another, past every store. */
export function copyDraft(from: HTMLFormElement, to: HTMLFormElement): void {
  fill(to, typed(from));
}

type Draft = Record<string, unknown[]>;

function typed(form: HTMLFormElement): Draft {
  return Object.fromEntries(
    KEPT.map((name) => [name, fields(form, name).map(({ value }) => value)]),
  );
}

/** Fills what is still empty; what the server sent back stands. */
function fill(form: HTMLFormElement, draft: Draft): void {
  for (const name of KEPT) {
    for (const [place, field] of fields(form, name).entries()) {
      const value = draft[name]?.[place];
      if (field.value || typeof value !== "string") continue;
      field.value = value;
      // Somebody else has signed under that name of the list meanwhile.
      if (field.value !== value) field.value = "";
    }
  }
}

export function forgetDraft(form: HTMLFormElement): void {
  try {
    sessionStorage.removeItem(key(form));
  } catch {
    // Nothing was kept either.
  }
}

function read(form: HTMLFormElement): Draft {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key(form)) ?? "{}");
    return draft && typeof draft === "object" ? draft : {};
  } catch {
    return {};
  }
}

function key(form: HTMLFormElement): string {
  return `scc.waiver ${new URL(form.action).pathname}`;
}

function fields(form: HTMLFormElement, name: string): Field[] {
  return [...form.querySelectorAll<Field>(`[name="${name}"]`)];
}
