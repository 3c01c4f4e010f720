import type { ComponentChild } from "preact";
import { isBlank } from "../../lib/names";
import type { Errors } from "../form/field";
import { optionsOf, Select } from "../form/select";
import { TextInput } from "../form/text-input";

/** Where to note what is wrong with a field. */
export interface Reading {
  /** `path` names a part of the field, for example `0.email`. */
  refuse(message: string, path?: string): void;
}

export interface InputProps<Value> {
  /** The API's name of the field. */
  name: string;
  value: Value;
  errors: Errors;
  onChange(value: Value): void;
}

/** One field of a record's form: how it is shown, read and compared. */
export interface FormField<Value = unknown, Sent = unknown> {
  label: string;
  /** In a new record. */
  blank: Value;
  /** What stands in the form for a record that is there. */
  write(sent: Sent): Value;
  /** What is sent; undefined leaves the field out. What is wrong is refused. */
  read(value: Value, reading: Reading): Sent | undefined;
  /** The value as text, to choose between two. */
  show(value: Value): string;
  Input(props: InputProps<Value>): ComponentChild;
}

export interface Options {
  hint?: string;
  most?: number;
  rows?: number;
  inputMode?: "numeric" | "decimal";
  /** Where the cursor is when the form opens. */
  first?: boolean;
}

export function line(label: string, options: Options) {
  return {
    label,
    blank: "",
    show: (value: string) => value || "empty",
    Input: ({ name, value, errors, onChange }: InputProps<string>) => (
      <TextInput {...options} label={label} value={value} error={errors[name]} onInput={onChange} />
    ),
  };
}

/** `required` is the message when it is empty. */
export function text(
  label: string,
  { required, ...options }: Options & { required?: string },
): FormField<string, string> {
  return {
    ...line(label, options),
    write: (sent) => sent,
    read: (value, { refuse }) => {
      if (required && isBlank(value)) refuse(required);
      return value.trim();
    },
  };
}

export function area(label: string, options: Options): FormField<string, string> {
  return text(label, { ...options, rows: 3 });
}

export interface Bounds {
  least: number;
  most: number;
}

export function whole(label: string, { least, most }: Bounds, blank: string): FormField<string, number> {
  return {
    ...line(label, { inputMode: "numeric" }),
    blank,
    write: String,
    read: (value, { refuse }) => {
      const number = wholeNumber(value, least, most);
      if (number === null) refuse(`A whole number from ${least} to ${most}.`);
      return number ?? 0;
    },
  };
}

export function wholeOrNone(label: string, { least, most }: Bounds, hint: string): FormField<string, number | null> {
  return {
    ...line(label, { inputMode: "numeric", hint }),
    write: (sent) => String(sent ?? ""),
    read: (value, { refuse }) => {
      if (value.trim() === "") return null;
      const number = wholeNumber(value, least, most);
      if (number === null) refuse(`A whole number from ${least} to ${most}, or empty.`);
      return number;
    },
  };
}

function wholeNumber(text: string, least: number, most: number): number | null {
  if (!/^\d{1,9}$/.test(text.trim())) return null;
  const number = Number(text);
  return number >= least && number <= most ? number : null;
}

/** One of several; each with what it is called. */
export function choice<Name extends string>(
  label: string,
  names: Readonly<Record<Name, string>>,
  blank: NoInfer<Name>,
  hint?: string,
): FormField<Name, Name> {
  return {
    label,
    blank,
    write: (sent) => sent,
    read: (value) => value,
    show: (value) => names[value],
    Input: ({ name, value, errors, onChange }) => (
      <Select
        label={label}
        options={optionsOf(names)}
        value={value}
        error={errors[name]}
        hint={hint}
        onChoose={onChange}
      />
    ),
  };
}

/** Yes or no; the question is longer than the label. */
export function flag(label: string, question: string, hint: string, blank = false): FormField<boolean, boolean> {
  return {
    label,
    blank,
    write: (sent) => sent,
    read: (value) => value,
    show: (value) => (value ? "yes" : "no"),
    Input: ({ value, onChange }) => (
      <label class="check">
        <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>
          {question}
          <small>{hint}</small>
        </span>
      </label>
    ),
  };
}
