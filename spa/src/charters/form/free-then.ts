import type { Boat, Charter, Person, ScheduleEntry } from "../../data/contract";
import type { Role } from "../../ui/crew/roles";

/** What is booked around a time that is wanted. */
export interface Booked {
  entries: readonly ScheduleEntry[];
  /** The charters among them, which name their captain and crew. */
  charters: readonly Charter[];
}

interface Wanted {
  starts_at: string;
  ends_at: string;
  /** The charter that is edited is not in its own way. */
  event_id: string | null;
}

const MINUTE_MS = 60_000;

/** The boats that are free then, with their turnaround before and after it. */
export function freeBoats(boats: readonly Boat[], { entries }: Booked, wanted: Wanted): Boat[] {
  return boats.filter(({ boat_id, turnaround_minutes }) =>
    entries.every((entry) => {
      if (entry.boat_id !== boat_id || isOwn(entry, wanted) || !takesTime(entry)) return true;
      // Between a charter and a hold nothing has to lie.
      const gap_ms = entry.kind === "charter" ? turnaround_minutes * MINUTE_MS : 0;
      return !overlaps(entry, wanted, gap_ms);
    }),
  );
}

/** The people of the list who sail in this role, and on no other charter then. */
export function freePeople(people: readonly Person[], role: Role, booked: Booked, wanted: Wanted): Person[] {
  return people.filter((person) => person.roles.includes(role) && !charterInTheWay(person, booked, wanted));
}

/** The charter on which somebody sails then, as captain or crew. */
export function charterInTheWay({ person_id }: Person, { charters }: Booked, wanted: Wanted): Charter | undefined {
  return charters.find(
    (charter) =>
      charter.status !== "cancelled" &&
      !isOwn(charter, wanted) &&
      overlaps(charter, wanted, 0) &&
      [charter.captain, ...charter.crew].some((sailor) => sailor?.person_id === person_id),
  );
}

function takesTime({ status }: ScheduleEntry): boolean {
  return status !== "cancelled" && status !== "released" && status !== "expired";
}

function isOwn({ event_id }: { event_id?: string }, wanted: Wanted): boolean {
  return event_id !== undefined && event_id === wanted.event_id;
}

interface Span {
  starts_at: string;
  ends_at: string;
}

function overlaps(one: Span, other: Span, gap_ms: number): boolean {
  return (
    Date.parse(one.starts_at) < Date.parse(other.ends_at) + gap_ms &&
    Date.parse(other.starts_at) < Date.parse(one.ends_at) + gap_ms
  );
}
