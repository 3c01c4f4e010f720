import { Field } from "./field";

/** Something to choose, and what it is called. */
export type Option<Name extends string> = readonly [name: Name, text: string];

interface Props<Name extends string> {
  label: string;
  options: readonly Option<Name>[];
  value: Name;
  onChoose(name: Name): void;
  error?: string | undefined;
  hint?: string | undefined;
  /** Where the cursor is when a dialog opens. */
  first?: boolean;
  disabled?: boolean;
}

/** One of several, in a list that opens. */
export function Select<Name extends string>(props: Props<Name>) {
  const { label, options, value, onChoose, error, hint, first, disabled } = props;
  return (
    <Field label={label} error={error} hint={hint}>
      {(field) => (
        <select
          {...field}
          data-first={first || undefined}
          disabled={disabled}
          value={value}
          onChange={(event) => onChoose(event.currentTarget.value as Name)}
        >
          {options.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Names as options, in their order. */
export function optionsOf<Name extends string>(names: Readonly<Record<Name, string>>): Option<Name>[] {
  return Object.entries(names) as [Name, string][];
}
