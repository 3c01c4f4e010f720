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
  const sorted = [...events].sort((a, b) => a.starts_at.localeCompare(b.starts_at));
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

function sectionOf(event: CharterEvent, now: Date): "today" | "coming" | "past" {
  const today = localDay(now, event.timezone);
  if (localDay(new Date(event.starts_at), event.timezone) > today) return "coming";
  return localDay(new Date(event.ends_at), event.timezone) < today ? "past" : "today";
}

/** Whether every word that was typed is somewhere in what the card shows. */
export function matches(event: CharterEvent, query: string): boolean {
  const people = [event.captain, ...event.crew, event.patron];
  const text = [
    event.title,
    event.vessel,
    event.departure_port,
    event.return_port,
    event.status,
    ...people.flatMap((person) => (person ? [person.name, person.email, person.phone] : [])),
  ]
    .join(" ")
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
