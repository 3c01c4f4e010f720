import { Field } from "./field";

interface Props {
  label: string;
  value: string;
  error?: string | undefined;
  onInput(value: string): void;
  hint?: string | undefined;
  /** So many characters are taken. */
  most?: number | undefined;
  type?: "text" | "email" | "tel" | "datetime-local" | "date" | "password";
  name?: string;
  autocomplete?: string;
  autocapitalize?: "none";
  inputMode?: "text" | "numeric" | "decimal" | undefined;
  /** The latest date that can be chosen. */
  max?: string;
  class?: string;
  /** Where the cursor is when a dialog opens. */
  first?: boolean | undefined;
}

/** One line to type in, with its label. */
export function TextInput(props: Props) {
  const { label, value, error, onInput, hint, most, type = "text", first, ...others } = props;
  return (
    <Field label={label} error={error} hint={hint}>
      {(field) => (
        <input
          autocomplete="off"
          {...field}
          {...others}
          // The type checker wants to know a single type for each input.
          type={type as "text"}
          maxLength={most}
          data-first={first || undefined}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
