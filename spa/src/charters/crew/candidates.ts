import type { Boat, Charter, Person, PersonPaper } from "../../data/contract";
import { personPapers, spans } from "../../data/later-limits";
import { nowMs } from "../../lib/clock";
import { dayName, lengthText } from "../../lib/periods";
import { formatSpan, localDay } from "../../lib/time";
import { expectedPapers } from "../../ui/crew/papers";
import type { Role } from "../../ui/crew/roles";
import { type Booked, charterInTheWay } from "../form/free-then";
import { HOUR_MS, longestWork, type Span } from "./captain-hours";

/** Somebody who could take a position, and what speaks against it. */
export interface Candidate {
  person: Person;
  free: boolean;
  warnings: readonly string[];
}

/** The active people of the list who sail in this role, as they are asked by rank. */
export function candidates(
  role: Role,
  people: readonly Person[],
  boats: readonly Boat[],
  booked: Booked,
  charter: Charter,
): Candidate[] {
  return people
    .filter(({ active, roles }) => active && roles.includes(role))
    .sort((one, other) => one.rank - other.rank || one.name.localeCompare(other.name))
    .map((person) => {
      const other = charterInTheWay(person, booked, charter);
      const sails = other && `Sails on ${other.title}, ${formatSpan(other.starts_at, other.ends_at, charter.timezone)}`;
      const hours = role === "captain" ? hoursWarning(person, boats, booked, charter) : "";
      const warnings = [...(sails ? [sails] : []), ...paperWarnings(person, role, charter), ...(hours ? [hours] : [])];
      return { person, free: !other, warnings };
    });
}

/** Of each paper that is expected or entered: that it is missing, or not known to last as long as the charter. */
export function paperWarnings({ papers }: Person, role: Role, { ends_at, timezone }: Charter): string[] {
  // A paper is valid to the end of its last day.
  const last = localDay(new Date(Date.parse(ends_at) - 1), timezone);
  const today = localDay(new Date(nowMs()), timezone);
  const missing = expectedPapers([role]).filter((kind) => papers.every((paper) => paper.kind !== kind));
  return [
    ...missing.map((kind) => `${personPapers[kind]}: not entered`),
    ...papers.map((paper) => paperWarning(paper, last, today)).filter(Boolean),
  ];
}

function paperWarning({ kind, valid_until }: PersonPaper, last: string, today: string): string {
  const name = personPapers[kind];
  if (valid_until === null) return `${name}: date not known`;
  if (valid_until >= last) return "";
  if (valid_until < today) return `${name}: expired ${dayName(valid_until)}`;
  return `${name}: ends ${dayName(valid_until)}, before the charter does`;
}

/** How long somebody would be captain of uninspected boats within a day, where it is longer than allowed. */
function hoursWarning(person: Person, boats: readonly Boat[], { charters }: Booked, charter: Charter): string {
  const isUninspected = ({ boat_id }: Charter) =>
    boats.some((boat) => boat.boat_id === boat_id && boat.kind === "uninspected");
  if (!isUninspected(charter)) return "";
  const others = charters.filter(
    (other) =>
      other.event_id !== charter.event_id &&
      other.status !== "cancelled" &&
      other.captain?.person_id === person.person_id &&
      isUninspected(other),
  );
  const hours = longestWork(spanOf(charter), others.map(spanOf)) / HOUR_MS;
  if (hours <= spans.captainMost) return "";
  return `${lengthText(hours * 60)} as captain within ${spans.captainPeriod} hours: ${spans.captainMost} are allowed`;
}

const spanOf = ({ starts_at, ends_at }: Charter): Span => [Date.parse(starts_at), Date.parse(ends_at)];
