import {
  formatTime,
  isTimezone,
  type LocalDateTime,
  toInstant,
  toLocal,
  toRfc3339,
  zonedTime,
  zoneName,
} from "../../lib/time";
import { Field } from "../../ui/field";
import { TextInput } from "../../ui/text-input";
import type { CharterField } from "./field-kinds";

/** A time as it is typed, local to the charter. */
export interface LocalMoment {
  local: LocalDateTime;
  /** Which of two moments is meant when clocks go back and a local time comes twice. */
  fold: "earlier" | "later";
  /** What stood here before, while a new time is typed of which nothing can be told yet. */
  before?: LocalDateTime;
}

/** A moment, typed by the clocks of the charter's time zone. */
export function moment(label: string): CharterField<LocalMoment, string> {
  return {
    label,
    blank: { local: "", fold: "earlier" },
    write: (sent, { timezone }) => {
      const local = toLocal(new Date(sent), timezone);
      const zoned = toInstant(local, timezone);
      const later = zoned.kind === "twice" && zoned.later.getTime() === new Date(sent).getTime();
      return { local, fold: later ? "later" : "earlier" };
    },
    read: ({ local, fold }, { timezone, refuse }) => {
      if (!isTimezone(timezone)) return "";
      const zoned = zonedTime(local, timezone);
      if (zoned?.kind === "one") return toRfc3339(zoned.instant);
      if (zoned?.kind === "twice") return toRfc3339(zoned[fold]);
      if (!zoned) refuse("Enter a date and a time.");
      else {
        const after = formatTime(zoned.after.toISOString(), timezone);
        refuse(`Clocks go forward then: this time does not exist. Take ${after} or later.`);
      }
      return "";
    },
    show: ({ local }) => local.replace("T", " "),
    Input: ({ name, value: { local, fold }, errors, timezone, onChange }) => {
      const zoned = zonedTime(local, timezone);
      const skipped = zoned?.kind === "never" ? "Clocks go forward then: this time does not exist." : undefined;
      return (
        <div>
          <TextInput
            label={label}
            type="datetime-local"
            required
            error={errors[name] ?? skipped}
            value={local}
            onInput={(local) => onChange({ local, fold })}
          />
          {zoned?.kind === "twice" && (
            <Field label={`${label}: this time comes twice that night`}>
              {(props) => (
                <select
                  {...props}
                  value={fold}
                  onChange={(event) => {
                    const later = event.currentTarget.value === "later";
                    onChange({ local, fold: later ? "later" : "earlier" });
                  }}
                >
                  <option value="earlier">The first time ({zoneName(zoned.earlier.toISOString(), timezone)})</option>
                  <option value="later">
                    The second time, after clocks went back ({zoneName(zoned.later.toISOString(), timezone)})
                  </option>
                </select>
              )}
            </Field>
          )}
        </div>
      );
    },
  };
}

/** How much later on the clock on the wall the second one is; NaN where one is no time yet. */
export function wallMs(from: LocalDateTime, to: LocalDateTime): number {
  return Date.parse(`${to.slice(0, 16)}Z`) - Date.parse(`${from.slice(0, 16)}Z`);
}

/** So much later on the clock on the wall; null where that is no time. */
export function later({ local }: LocalMoment, by_ms: number): LocalMoment | null {
  const time_ms = Date.parse(`${local.slice(0, 16)}Z`) + by_ms;
  if (Number.isNaN(time_ms)) return null;
  const moved = new Date(time_ms).toISOString();
  // Years of more digits are on their way to one of four.
  return /^\d{4}-/.test(moved) ? { local: moved.slice(0, 16), fold: "earlier" } : null;
}
