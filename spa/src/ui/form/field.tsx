import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export type Errors = Readonly<Record<string, string>>;

interface FieldProps {
  label: string;
  error?: string | undefined;
  hint?: string | undefined;
  children(props: { id: string; "aria-invalid"?: true; "aria-describedby"?: string }): ComponentChildren;
}

/** A label, its input, a hint and what is wrong with it. */
export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      {children({
        id,
        ...(error ? { "aria-invalid": true as const } : {}),
        ...(described ? { "aria-describedby": described } : {}),
      })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** Brings the first wrong field into view and under the cursor. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>('[aria-invalid="true"], .field-wrong input')?.focus();
  });
}

/** What the server says about each field, as a sentence to show beside it. */
export function sentences(fields: Errors): Errors {
  return Object.fromEntries(
    Object.entries(fields).map(([name, rule]) => [
      // `crew[0].email` and `crew.0.email` name the same field.
      name.replace(/\[(\d+)\]/g, ".$1"),
      `${rule.charAt(0).toUpperCase()}${rule.slice(1)}${/[.!?]$/.test(rule) ? "" : "."}`,
    ]),
  );
}

/** What is wrong with fields that a form does not show, in one text; `crew.0.email` is of the field `crew`. */
export function unplaced(errors: Errors, shown: readonly string[]): string {
  return Object.entries(errors)
    .filter(([name]) => !shown.includes(name.split(".")[0] ?? ""))
    .map(([name, message]) => `${name}: ${message}`)
    .join(" ");
}
