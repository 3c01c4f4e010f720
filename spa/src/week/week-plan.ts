import type { Boat, Conflict, Hold, ScheduleEntry, Week } from "../data/contract";
import { lengthText } from "../lib/periods";
import { formatDay, formatMoment, formatSpan, formatTime, localDay } from "../lib/time";
import { overlap, type Piece, pieces, type Span, spanOf, type WeekDay } from "./week-geometry";

/** An entry as the week shows it. */
export interface Planned {
  key: string;
  entry: ScheduleEntry;
  span: Span;
  /** By day. */
  pieces: readonly Piece[];
  /** What the schedule does not tell of a hold. */
  hold: Hold | null;
  conflicts: readonly Clash[];
}

/** A conflict, and when the two are in each other's way. */
interface Clash extends Conflict {
  span: Span;
  /** Of one boat: the time between the two is shorter than its turnaround. */
  isTooClose: boolean;
}

/** A row of the week: a boat with what is planned, or all that is planned without the record of a boat. */
export interface BoatRow {
  boat: Boat | null;
  planned: readonly Planned[];
}

export const NO_BOAT = "Other boats";

/** Of each boat that is active or planned for, then what names no boat's record, if there is any. */
export function boatRows({ boats, entries }: Week, holds: readonly Hold[], days: readonly WeekDay[]): BoatRow[] {
  const byId = new Map(holds.map((hold) => [hold.hold_id, hold]));
  const planned = entries.map((entry) => plan(entry, byId.get(entry.hold_id ?? "") ?? null, days));
  const rows = [...boats, null].map((boat) => ({
    boat,
    planned: planned.filter(({ entry }) => entry.boat_id === (boat?.boat_id ?? null)),
  }));
  return rows.filter(({ boat, planned }) => boat?.active || planned.length > 0);
}

function plan(entry: ScheduleEntry, hold: Hold | null, days: readonly WeekDay[]): Planned {
  const span = spanOf(entry);
  return {
    // A hold that repeats has one entry for each time.
    key: `${idOf(entry)} ${entry.starts_at}`,
    entry,
    span,
    pieces: pieces(span, days),
    hold,
    conflicts: entry.conflicts.map((conflict) => clash(conflict, span)),
  };
}

function clash(conflict: Conflict, span: Span): Clash {
  const other = spanOf(conflict);
  const both = overlap(span, other);
  const between = {
    starts_ms: Math.min(span.ends_ms, other.ends_ms),
    ends_ms: Math.max(span.starts_ms, other.starts_ms),
  };
  return { ...conflict, span: both ?? between, isTooClose: both === null };
}

const idOf = ({ event_id, hold_id }: { event_id?: string; hold_id?: string }) => event_id ?? hold_id ?? "";

/** How many pairs are in each other's way, over the same boat or person. */
export function countConflicts(rows: readonly BoatRow[]): number {
  const pairs = rows.flatMap(({ planned }) =>
    planned.flatMap(({ entry, conflicts }) =>
      conflicts.map((other) => [other.name, ...[idOf(entry), idOf(other)].sort()].join(" ")),
    ),
  );
  return new Set(pairs).size;
}

/** The conflicts to tell of in one day of an entry: those of that day; what falls on none is told where it begins. */
export function conflictsOf({ conflicts, pieces }: Planned, day: WeekDay, piece: Piece): readonly Clash[] {
  const isFirst = pieces[0] === piece;
  return conflicts.filter(({ span }) => overlap(span, day) !== null || isFirst);
}

/** `Double-booked 1:00 – 3:00 PM`; what it clashes with is told by `conflictWith`. */
export function conflictText(conflict: Clash, boat: Boat | null, timezone: string): string {
  const { kind, name, span, isTooClose } = conflict;
  if (isTooClose) {
    const minutes = (span.ends_ms - span.starts_ms) / 60_000;
    return `${lengthText(minutes)} between, needs ${lengthText(boat?.turnaround_minutes ?? 0)}`;
  }
  const when = formatSpan(iso(span.starts_ms), iso(span.ends_ms), timezone);
  return kind === "boat" ? `Double-booked ${when}` : `${name} twice ${when}`;
}

export function conflictWith({ title, starts_at, ends_at }: Conflict, timezone: string): string {
  return `with ${title}, ${formatDay(starts_at, timezone)}, ${formatSpan(starts_at, ends_at, timezone)}`;
}

/** When, as it is said in one of the days: what goes on over midnight says until when. */
export function pieceTime({ entry: { starts_at, ends_at } }: Planned, piece: Piece, timezone: string): string {
  if (piece.begins) return formatSpan(starts_at, ends_at, timezone);
  if (piece.ends) return `until ${formatTime(ends_at, timezone)}`;
  return `until ${formatDay(ends_at, timezone)}, ${formatTime(ends_at, timezone)}`;
}

/** What a hold is, in a few words. */
export function holdText({ kind, expires_at, weekly_until, starts_at, timezone }: Hold, here: string): string {
  const what = {
    option: `Held until ${expires_at ? formatMoment(expires_at, here) : "released"}`,
    maintenance: "Out of service",
    blocked: "Blocked",
  }[kind];
  const weekday = new Date(`${localDay(new Date(starts_at), timezone)}T12:00:00Z`).getUTCDay();
  return weekly_until ? `${what}, every ${WEEKDAYS[weekday]}` : what;
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** What begins or goes on in a day. */
export function plannedIn(rows: readonly BoatRow[], place: number): Planned[] {
  return rows.flatMap(({ planned }) => planned.filter(({ pieces }) => pieces.some(({ day }) => day === place)));
}

/** `5 charters, 1 hold` */
export function dayText(rows: readonly BoatRow[], place: number): string {
  const found = plannedIn(rows, place);
  const charters = found.filter(({ entry }) => entry.kind === "charter").length;
  return [count(charters, "charter"), count(found.length - charters, "hold")].filter(Boolean).join(", ");
}

const count = (number: number, what: string) => number > 0 && `${number} ${what}${number === 1 ? "" : "s"}`;

/** Where clocks change the day is shorter or longer, which its bars show. */
export function clockText({ starts_ms, ends_ms }: WeekDay): string {
  const hours = (ends_ms - starts_ms) / 3_600_000;
  if (hours === 24) return "";
  return `${hours} hours: clocks go ${hours < 24 ? "forward" : "back"}`;
}

/** What the boat is not free for: the entries with the turnaround after each charter. */
export function turnaroundSpan({ span }: Planned, boat: Boat | null): Span {
  return { starts_ms: span.ends_ms, ends_ms: span.ends_ms + (boat?.turnaround_minutes ?? 0) * 60_000 };
}

const iso = (at_ms: number) => new Date(at_ms).toISOString();
