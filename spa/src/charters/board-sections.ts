import type { Charter } from "../data/contract";
import { hasWords } from "../lib/names";
import { localDay } from "../lib/time";

interface Sections {
  next: Charter | null;
  today: Charter[];
  coming: Charter[];
  /** Latest first. */
  past: Charter[];
}

/** Sorts charters into what the board shows, each by the calendar of its own time zone. */
export function sections(events: Iterable<Charter>, now: Date): Sections {
  const sorted = [...events].sort((a, b) => (a.starts_at < b.starts_at ? -1 : a.starts_at > b.starts_at ? 1 : 0));
  const next = sorted.find(({ status, starts_at }) => status === "scheduled" && new Date(starts_at) > now) ?? null;
  const result: Sections = { next, today: [], coming: [], past: [] };
  for (const charter of sorted) {
    if (charter !== next) result[sectionOf(charter, now)].push(charter);
  }
  result.past.reverse();
  return result;
}

function sectionOf(charter: Charter, now: Date): Exclude<keyof Sections, "next"> {
  const today = localDay(now, charter.timezone);
  if (localDay(new Date(charter.starts_at), charter.timezone) > today) return "coming";
  return localDay(new Date(charter.ends_at), charter.timezone) >= today ? "today" : "past";
}

export interface Day {
  /** `2026-03-08`, by the charters' own calendar. */
  date: string;
  /** How many of them there are on this day, shown or not. */
  count: number;
  charters: Charter[];
}

/** The charters from one place in their order up to another, those that begin on one day together. */
export function byDay(events: readonly Charter[], from = 0, to = events.length): Day[] {
  const days: Day[] = [];
  for (const [place, charter] of events.entries()) {
    const date = localDay(new Date(charter.starts_at), charter.timezone);
    if (days.at(-1)?.date !== date) days.push({ date, count: 0, charters: [] });
    const day = days.at(-1) as Day;
    day.count++;
    if (place >= from && place < to) day.charters.push(charter);
  }
  return days.filter(({ charters }) => charters.length > 0);
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
