import { toInstant } from "../lib/local-time";
import { type Day, daysLater } from "../lib/periods";
import { type LocalDateTime, toLocal, toRfc3339 } from "../lib/time";

/** A stretch of time, its end not included, in milliseconds since 1970. */
export interface Span {
  starts_ms: number;
  ends_ms: number;
}

/** A calendar day from its midnight to the next: 23 or 25 hours where clocks change. */
export interface WeekDay extends Span {
  day: Day;
}

/** What of a span lies in one day, as parts of that day: 0 is its midnight, 1 the next one. */
export interface Piece {
  /** The place of the day among those shown. */
  day: number;
  left: number;
  width: number;
  /** Whether the span begins in this day, and whether it ends in it. */
  begins: boolean;
  ends: boolean;
}

const DAYS = 7;
const HOUR_MS = 3_600_000;
/** Most charters begin from nine to six, and last this long. */
const FIRST_HOUR = 9;
const LAST_HOUR = 18;
const USUAL_MS = 4 * HOUR_MS;

/** The seven days from the first one on, by the clocks of the time zone. */
export function weekDays(first: Day, timezone: string): WeekDay[] {
  return Array.from({ length: DAYS }, (_, later) => {
    const day = daysLater(first, later);
    return { day, starts_ms: midnight_ms(day, timezone), ends_ms: midnight_ms(daysLater(day, 1), timezone) };
  });
}

function midnight_ms(day: Day, timezone: string): number {
  return instantOf(`${day}T00:00`, timezone).getTime();
}

/** Of a time that comes twice the first, and of one that is skipped the moment at which clocks go on. */
function instantOf(local: LocalDateTime, timezone: string): Date {
  const zoned = toInstant(local, timezone);
  if (zoned.kind === "one") return zoned.instant;
  return zoned.kind === "twice" ? zoned.earlier : zoned.after;
}

export function spanOf({ starts_at, ends_at }: { starts_at: string; ends_at: string }): Span {
  return { starts_ms: Date.parse(starts_at), ends_ms: Date.parse(ends_at) };
}

/** What both have; null when they do not overlap. */
export function overlap(one: Span, other: Span): Span | null {
  const starts_ms = Math.max(one.starts_ms, other.starts_ms);
  const ends_ms = Math.min(one.ends_ms, other.ends_ms);
  return starts_ms < ends_ms ? { starts_ms, ends_ms } : null;
}

/** Cuts a span at the midnights of the days shown; what lies before and after them is left out. */
export function pieces(span: Span, days: readonly WeekDay[]): Piece[] {
  return days.flatMap((day, place) => {
    const part = overlap(span, day);
    if (!part) return [];
    const length_ms = day.ends_ms - day.starts_ms;
    return {
      day: place,
      left: (part.starts_ms - day.starts_ms) / length_ms,
      width: (part.ends_ms - part.starts_ms) / length_ms,
      begins: span.starts_ms >= day.starts_ms,
      ends: span.ends_ms <= day.ends_ms,
    };
  });
}

/** So many days later at the same time on the clock on the wall; over a change of clocks it may last an hour more or less. */
export function movedByDays(
  { starts_at, ends_at }: { starts_at: string; ends_at: string },
  days: number,
  timezone: string,
): { starts_at: string; ends_at: string } {
  if (days === 0) return { starts_at, ends_at };
  const later = (instant: string) => {
    const [day = "", time = ""] = toLocal(new Date(instant), timezone).split("T");
    return instantOf(`${daysLater(day, days)}T${time}`, timezone).getTime();
  };
  const { starts_ms, ends_ms } = spanOf({ starts_at, ends_at });
  const start_ms = later(starts_at);
  const end_ms = later(ends_at);
  return {
    starts_at: toRfc3339(new Date(start_ms)),
    // Short ones may lie in the hour that is skipped.
    ends_at: toRfc3339(new Date(end_ms > start_ms ? end_ms : start_ms + ends_ms - starts_ms)),
  };
}

/**
 * When a new charter of a day may begin: the first full hour from nine on at which a charter of usual length has room
 * before what is booked next, and that is not past. Nine o'clock when there is none.
 */
export function proposedStart(
  { day }: WeekDay,
  booked: readonly Span[],
  turnaround_ms: number,
  timezone: string,
  now_ms: number,
): LocalDateTime {
  const hours = Array.from({ length: LAST_HOUR - FIRST_HOUR + 1 }, (_, later) => FIRST_HOUR + later);
  const starts = hours.map((hour) => `${day}T${String(hour).padStart(2, "0")}:00`);
  const isFree = (local: LocalDateTime) => {
    const starts_ms = instantOf(local, timezone).getTime();
    const taken = { starts_ms: starts_ms - turnaround_ms, ends_ms: starts_ms + USUAL_MS + turnaround_ms };
    return starts_ms > now_ms && booked.every((span) => overlap(taken, span) === null);
  };
  return starts.find(isFree) ?? `${day}T0${FIRST_HOUR}:00`;
}
