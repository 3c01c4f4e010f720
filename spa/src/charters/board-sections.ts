import type { Charter } from "../data/contract";
import { hasWords } from "../lib/names";
import { localDay } from "../lib/time";

export interface Sections {
  next: Charter | null;
  today: Charter[];
  coming: Charter[];
  /** Latest first. */
  past: Charter[];
}

/** Sorts charters into what the board shows, each by the calendar of its own time zone. */
export function sections(events: Iterable<Charter>, now: Date): Sections {
  const sorted = [...events].sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  const next = sorted.find(({ status, starts_at }) => status === "scheduled" && new Date(starts_at) > now) ?? null;
  const result: Sections = { next, today: [], coming: [], past: [] };
  for (const charter of sorted) {
    if (charter !== next) result[sectionOf(charter, now)].push(charter);
  }
  result.past.reverse();
  return result;
}

function sectionOf(charter: Charter, now: Date): "today" | "coming" | "past" {
  const today = localDay(now, charter.timezone);
  if (localDay(new Date(charter.starts_at), charter.timezone) > today) return "coming";
  return localDay(new Date(charter.ends_at), charter.timezone) < today ? "past" : "today";
}

/** Whether every word that was typed is somewhere in title, vessel, ports, state and people, listed guests included. */
export function matches(charter: Charter, query: string): boolean {
  const people = [charter.captain, ...charter.crew, charter.patron, ...charter.guests];
  const text = [
    charter.title,
    charter.vessel,
    charter.departure_port,
    charter.return_port,
    charter.status,
    ...people.flatMap((person) => (person ? [person.name, person.email, "phone" in person ? person.phone : ""] : [])),
  ];
  return hasWords(text.join(" "), query);
}
