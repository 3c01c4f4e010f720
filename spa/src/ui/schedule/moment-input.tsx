import { toInstant, zonedTime } from "../../lib/local-time";
import { formatTime, isTimezone, type LocalDateTime, toLocal, toRfc3339, zoneName } from "../../lib/time";
import { Select } from "../form/select";
import { TextInput } from "../form/text-input";

/** A time as it is typed, by the clocks of a time zone. */
export interface LocalMoment {
  local: LocalDateTime;
  /** Which of two moments is meant when clocks go back and a local time comes twice. */
  fold: "earlier" | "later";
  /** What stood here before, while a new time is typed of which nothing can be told yet. */
  before?: LocalDateTime;
}

export function writeMoment(sent: string, timezone: string): LocalMoment {
  const local = toLocal(new Date(sent), timezone);
  const zoned = toInstant(local, timezone);
  const later = zoned.kind === "twice" && zoned.later.getTime() === new Date(sent).getTime();
  return { local, fold: later ? "later" : "earlier" };
}

/** The moment as it is sent; empty, after saying why, when it is none. */
export function readMoment({ local, fold }: LocalMoment, timezone: string, refuse: (message: string) => void): string {
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
}

interface Props {
  label: string;
  value: LocalMoment;
  timezone: string;
  error?: string | undefined;
  hint?: string | undefined;
  onChange(value: LocalMoment): void;
}

export function MomentInput({ label, value: { local, fold }, timezone, error, hint, onChange }: Props) {
  const zoned = zonedTime(local, timezone);
  const skipped = zoned?.kind === "never" ? "Clocks go forward then: this time does not exist." : undefined;
  return (
    <div>
      <TextInput
        label={label}
        type="datetime-local"
        required
        error={error ?? skipped}
        hint={hint}
        value={local}
        onInput={(local) => onChange({ local, fold })}
      />
      {zoned?.kind === "twice" && (
        <Select
          label={`${label}: this time comes twice that night`}
          options={[
            ["earlier", `The first time (${zoneName(zoned.earlier.toISOString(), timezone)})`],
            ["later", `The second time, after clocks went back (${zoneName(zoned.later.toISOString(), timezone)})`],
          ]}
          value={fold}
          onChoose={(fold) => onChange({ local, fold })}
        />
      )}
    </div>
  );
}

/** Most charters last this long. */
const USUAL_MS = 4 * 3_600_000;

/** The end moves along with the start: it lasts as long as before. */
export function withStart<Form extends { starts_at: LocalMoment; ends_at: LocalMoment }>(
  form: Form,
  starts_at: LocalMoment,
): Form {
  const before = form.starts_at.before ?? form.starts_at.local;
  const by_ms = wallMs(before, starts_at.local);
  const ends_at = form.ends_at.local === "" ? later(starts_at, USUAL_MS) : later(form.ends_at, by_ms);
  if (by_ms === 0) return { ...form, starts_at };
  return ends_at ? { ...form, starts_at, ends_at } : { ...form, starts_at: { ...starts_at, before } };
}

/** How much later on the clock on the wall the second one is; NaN where one is no time yet. */
function wallMs(from: LocalDateTime, to: LocalDateTime): number {
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
