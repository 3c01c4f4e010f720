import type { Boat, Charter, Person, PersonPaper } from "../../data/contract";
import { personPapers } from "../../data/later-limits";
import { nowMs } from "../../lib/clock";
import { dayName, lengthText } from "../../lib/periods";
import { formatSpan, localDay } from "../../lib/time";
import { expectedPapers } from "../../ui/crew/papers";
import type { Role } from "../../ui/crew/roles";
import { type Booked, charterInTheWay } from "../form/free-then";

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

/** Of each kind of paper that is expected or entered: that it is missing, or not known to last as long as the charter. */
export function paperWarnings({ papers }: Person, role: Role, { ends_at, timezone }: Charter): string[] {
  const kinds = new Set([...expectedPapers([role]), ...papers.map(({ kind }) => kind)]);
  const last = localDay(new Date(ends_at), timezone);
  const today = localDay(new Date(nowMs()), timezone);
  return [...kinds].map((kind) => paperWarning(kind, papers, last, today)).filter(Boolean);
}

function paperWarning(kind: PersonPaper["kind"], papers: readonly PersonPaper[], last: string, today: string): string {
  const ends = papers.filter((paper) => paper.kind === kind).map(({ valid_until }) => valid_until);
  const name = personPapers[kind];
  if (ends.length === 0) return `${name}: not entered`;
  const dated = ends.filter((end) => end !== null).sort();
  const latest = dated.at(-1);
  // A paper is valid on its last day, and a newer one replaces an older.
  if (latest !== undefined && latest >= last) return "";
  if (dated.length < ends.length || latest === undefined) return `${name}: date not known`;
  if (latest < today) return `${name}: expired ${dayName(latest)}`;
  return `${name}: ends ${dayName(latest)}, before the charter does`;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** On uninspected boats, by 46 USC 8104. */
const MOST_HOURS = 12;

/** How long somebody would be captain of uninspected boats within a day, where it is longer than allowed. */
function hoursWarning(person: Person, boats: readonly Boat[], { charters }: Booked, charter: Charter): string {
  const isUninspected = ({ boat_id }: Charter) =>
    boats.some((boat) => boat.boat_id === boat_id && boat.kind === "uninspected");
  if (!isUninspected(charter)) return "";
  const own = charters.filter(
    (other) =>
      other.event_id !== charter.event_id &&
      other.status !== "cancelled" &&
      other.captain?.person_id === person.person_id &&
      isUninspected(other),
  );
  const longest_ms = longestWithinADay(
    [charter, ...own].map(({ starts_at, ends_at }) => [Date.parse(starts_at), Date.parse(ends_at)]),
  );
  if (longest_ms <= MOST_HOURS * HOUR_MS) return "";
  return `${lengthText(longest_ms / 60_000)} as captain within 24 hours: ${MOST_HOURS} are allowed`;
}

/** The most time that lies within one day of these spans, wherever that day begins. */
export function longestWithinADay(spans: readonly (readonly [from_ms: number, to_ms: number])[]): number {
  // The sum is greatest where the day begins or ends with a span.
  const starts = spans.flatMap(([from_ms, to_ms]) => [from_ms, to_ms - DAY_MS]);
  const sums = starts.map((start_ms) =>
    spans.reduce(
      (sum, [from_ms, to_ms]) => sum + Math.max(0, Math.min(to_ms, start_ms + DAY_MS) - Math.max(from_ms, start_ms)),
      0,
    ),
  );
  return Math.max(0, ...sums);
}
