import type { CharterEvent } from "../data/contract";
import { localDay } from "../lib/time";

export interface Sections {
  next: CharterEvent | null;
  today: CharterEvent[];
  coming: CharterEvent[];
  /** Latest first. */
  past: CharterEvent[];
}

/** Sorts charters into what the board shows, each by the calendar of its own time zone. */
export function sections(events: Iterable<CharterEvent>, now: Date): Sections {
  // All are in UTC and of one width, so no language's rules are needed, which take much longer.
  const sorted = [...events].sort((a, b) =>
    a.starts_at < b.starts_at ? -1 : Number(a.starts_at > b.starts_at),
  );
  const next =
    sorted.find(({ status, starts_at }) => status === "scheduled" && new Date(starts_at) > now) ??
    null;
  const result: Sections = { next, today: [], coming: [], past: [] };
  for (const event of sorted) {
    if (event !== next) result[sectionOf(event, now)].push(event);
  }
  result.past.reverse();
  return result;
}

const TWO_DAYS_MS = 2 * 86_400_000;

function sectionOf(event: CharterEvent, now: Date): "today" | "coming" | "past" {
  // Two days away it is another day in every time zone, and calendars need not be asked.
  if (Date.parse(event.starts_at) - now.getTime() > TWO_DAYS_MS) return "coming";
  if (now.getTime() - Date.parse(event.ends_at) > TWO_DAYS_MS) return "past";
  const today = localDay(now, event.timezone);
  if (localDay(new Date(event.starts_at), event.timezone) > today) return "coming";
  const over = localDay(new Date(event.ends_at), event.timezone) < today;
  return over ? "past" : "today";
}

/** Whether every word that was typed is somewhere in what the card shows. */
export function matches(event: CharterEvent, query: string): boolean {
  const text = searchText(event);
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const searchTexts = new WeakMap<CharterEvent, string>();

/** Made once, not at each key that is pressed. */
function searchText(event: CharterEvent): string {
  let text = searchTexts.get(event);
  if (text === undefined) {
    const people = [event.captain, ...event.crew, event.patron];
    text = [
      event.title,
      event.vessel,
      event.departure_port,
      event.return_port,
      event.status,
      ...people.flatMap((person) => (person ? [person.name, person.email, person.phone] : [])),
    ]
      .join(" ")
      .toLowerCase();
    searchTexts.set(event, text);
  }
  return text;
}
