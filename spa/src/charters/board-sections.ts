import type { Charter } from "../data/contract";
import { localDay } from "../lib/time";

export interface Sections {
  next: Charter | null;
  today: Charter[];
  coming: Charter[];
  /** Over, and something is still due; oldest first. */
  unpaid: Charter[];
  /** Latest first. */
  past: Charter[];
}

/** Sorts charters into what the board shows, each by the calendar of its own time zone. */
export function sections(events: Iterable<Charter>, now: Date): Sections {
  const sorted = [...events].sort((a, b) => (a.starts_at < b.starts_at ? -1 : a.starts_at > b.starts_at ? 1 : 0));
  const next = sorted.find(({ status, starts_at }) => status === "scheduled" && new Date(starts_at) > now) ?? null;
  const result: Sections = { next, today: [], coming: [], unpaid: [], past: [] };
  for (const charter of sorted) {
    if (charter !== next) result[sectionOf(charter, now)].push(charter);
  }
  result.past.reverse();
  return result;
}

function sectionOf(charter: Charter, now: Date): Exclude<keyof Sections, "next"> {
  const today = localDay(now, charter.timezone);
  if (localDay(new Date(charter.starts_at), charter.timezone) > today) return "coming";
  if (localDay(new Date(charter.ends_at), charter.timezone) >= today) return "today";
  return charter.balance.balance_due_cents > 0 ? "unpaid" : "past";
}

export interface Day {
  /** `2026-03-08`, by the charters' own calendar. */
  date: string;
  charters: Charter[];
}

/** Charters in their order, those that begin on one day together. */
export function byDay(events: readonly Charter[]): Day[] {
  const days: Day[] = [];
  for (const charter of events) {
    const date = localDay(new Date(charter.starts_at), charter.timezone);
    const last = days.at(-1);
    if (last?.date === date) last.charters.push(charter);
    else days.push({ date, charters: [charter] });
  }
  return days;
}

/** Whether every word that was typed is somewhere in what the card shows. */
export function matches(charter: Charter, query: string): boolean {
  const people = [charter.captain, ...charter.crew, charter.patron];
  const text = [
    charter.title,
    charter.vessel,
    charter.departure_port,
    charter.return_port,
    charter.status,
    ...people.flatMap((person) => (person ? [person.name, person.email, person.phone] : [])),
  ]
    .join(" ")
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
