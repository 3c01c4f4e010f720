import { Field } from "./field";

interface Props {
  label: string;
  value: string;
  error?: string | undefined;
  onInput(value: string): void;
  hint?: string | undefined;
  /** The greatest number of characters. */
  most?: number | undefined;
  type?: "text" | "email" | "tel" | "datetime-local" | "date" | "password";
  /** So many lines high: text of several lines. */
  rows?: number | undefined;
  /** The id of a `<datalist>` to choose from. */
  list?: string;
  required?: true;
  onPaste?(event: ClipboardEvent): void;
  name?: string;
  placeholder?: string;
  autocomplete?: string;
  autocapitalize?: "none";
  inputMode?: "text" | "numeric" | "decimal" | undefined;
  /** The latest date that can be chosen. */
  max?: string;
  class?: string;
  /** Where the cursor is when a dialog opens. */
  first?: boolean | undefined;
}

/** Something to type in, with its label. */
export function TextInput(props: Props) {
  const { label, value, error, onInput, hint, most, rows, type = "text", first, ...others } = props;
  return (
    <Field label={label} error={error} hint={hint}>
      {(field) => {
        const shared = {
          autocomplete: "off",
          ...field,
          ...others,
          maxLength: most,
          "data-first": first || undefined,
          value,
          onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
        };
        // The type checker wants to know a single type for each input.
        return rows ? <textarea rows={rows} {...shared} /> : <input type={type as "text"} {...shared} />;
      }}
    </Field>
  );
}
