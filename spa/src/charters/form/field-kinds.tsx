import type { ComponentChild } from "preact";
import { useId, useMemo } from "preact/hooks";
import type { Charter } from "../../data/contract";
import { parseMoney, plainAmount } from "../../lib/money";
import { isBlank } from "../../lib/names";
import { isTimezone } from "../../lib/time";
import type { Errors } from "../../ui/field";
import { TextInput } from "../../ui/text-input";

/** What the other fields say, and where to note what is wrong with this one. */
export interface Reading {
  timezone: string;
  currency: string;
  /** `path` names a part of the field, for example `0.email`. */
  refuse(message: string, path?: string): void;
}

export interface InputProps<Value> {
  /** The API's name of the field. */
  name: string;
  value: Value;
  errors: Errors;
  timezone: string;
  onChange(value: Value): void;
}

/** One field of the charter form: how it is shown, read and compared. */
export interface CharterField<Value = unknown, Sent = unknown> {
  label: string;
  /** In a new charter. */
  blank: Value;
  /** What stands in the form for a charter that is there. */
  write(sent: Sent, charter: Charter): Value;
  /** What is sent; undefined leaves the field out. What is wrong is refused. */
  read(value: Value, reading: Reading): Sent | undefined;
  /** The value as text, to choose between two. */
  show(value: Value): string;
  Input(props: InputProps<Value>): ComponentChild;
}

interface Options {
  hint?: string;
  most?: number;
  rows?: number;
  inputMode?: "numeric" | "decimal";
  /** Where the cursor is when the form opens. */
  first?: boolean;
}

function line(label: string, options: Options) {
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
): CharterField<string, string> {
  return {
    ...line(label, options),
    write: (sent) => sent,
    read: (value, { refuse }) => {
      if (required && isBlank(value)) refuse(required);
      return value.trim();
    },
  };
}

export function area(label: string, options: Options): CharterField<string, string> {
  return text(label, { ...options, rows: 3 });
}

interface Bounds {
  least: number;
  most: number;
}

export function whole(label: string, { least, most }: Bounds, blank: string): CharterField<string, number> {
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

export function wholeOrNone(label: string, { least, most }: Bounds, hint: string): CharterField<string, number | null> {
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
  if (!/^\d{1,4}$/.test(text.trim())) return null;
  const number = Number(text);
  return number >= least && number <= most ? number : null;
}

/** An amount in the charter's currency, sent in minor units; empty is nothing. */
export function money(label: string, bounds: Bounds): CharterField<string, number> {
  return {
    ...line(label, { inputMode: "decimal" }),
    write: (sent, { currency }) => plainAmount(sent, currency),
    read: (value, { currency, refuse }) => {
      if (value.trim() === "") return 0;
      const { cents, error } = parseMoney(value, currency, bounds);
      if (error) refuse(error);
      return cents ?? 0;
    },
  };
}

/** Empty, it is the operator's own. */
export function currency(label: string, hint: string): CharterField<string, string> {
  return {
    ...line(label, { most: 3, hint }),
    write: (sent) => sent,
    read: (value, { refuse }) => {
      const code = value.trim().toUpperCase();
      if (code && !/^[A-Z]{3}$/.test(code)) refuse("Three letters, like USD.");
      return code || undefined;
    },
  };
}

export function timezone(label: string): CharterField<string, string> {
  return {
    ...line(label, {}),
    write: (sent) => sent,
    read: (value, { refuse }) => {
      if (!isTimezone(value)) refuse("Choose a time zone, like America/New_York.");
      return value;
    },
    Input: ({ name, value, errors, onChange }) => {
      const zonesId = useId();
      // There are hundreds: they are not made again at each keystroke.
      const zones = useMemo(
        () => (Intl.supportedValuesOf?.("timeZone") ?? []).map((zone) => <option key={zone} value={zone} />),
        [],
      );
      return (
        <>
          <TextInput
            label={label}
            error={errors[name]}
            list={zonesId}
            value={value}
            onInput={(zone) => onChange(zone.trim())}
          />
          <datalist id={zonesId}>{zones}</datalist>
        </>
      );
    },
  };
}

/** Yes or no; the question is longer than the label. */
export function flag(label: string, question: string, hint: string): CharterField<boolean, boolean> {
  return {
    label,
    blank: false,
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
