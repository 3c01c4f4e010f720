import type { ComponentChild } from "preact";
import { useId, useMemo } from "preact/hooks";
import type { Charter } from "../../data/contract";
import { parseMoney, plainAmount } from "../../lib/money";
import { isTimezone } from "../../lib/time";
import { TextInput } from "../../ui/form/text-input";
import {
  type Bounds,
  type FormField,
  line,
  type Reading as PlainReading,
  type InputProps as Props,
  text,
} from "../../ui/records/field-kinds";

/** What the charter's other fields say, and where to note what is wrong with this one. */
export interface Reading extends PlainReading {
  timezone: string;
  currency: string;
}

export interface InputProps<Value> extends Props<Value> {
  timezone: string;
  /** The id of the `<datalist>` of what is known for this field. */
  list?: string | undefined;
}

/** One field of the charter form: how it is shown, read and compared. */
export interface CharterField<Value = unknown, Sent = unknown>
  extends Omit<FormField<Value, Sent>, "write" | "read" | "Input"> {
  write(sent: Sent, charter: Charter): Value;
  read(value: Value, reading: Reading): Sent | undefined;
  Input(props: InputProps<Value>): ComponentChild;
}

/** A name that may be one of a list. */
export function listed(label: string, { most }: { most: number }): CharterField<string, string> {
  return {
    ...text(label, { most }),
    Input: ({ name, value, errors, list, onChange }) => (
      <TextInput
        label={label}
        most={most}
        error={errors[name] ?? errors.boat_id}
        {...(list ? { list } : {})}
        value={value}
        onInput={onChange}
      />
    ),
  };
}

/** Which boat of the list the vessel is; it is chosen by the vessel's name, and has no input of its own. */
export function boatId(label: string): CharterField<string | null, string | null> {
  return {
    label,
    blank: null,
    write: (sent) => sent,
    read: (value) => value,
    show: (value) => (value ? "of the list" : "typed"),
    Input: () => null,
  };
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
