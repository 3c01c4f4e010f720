import { expect, test } from "vitest";
import type { PersonPaper } from "../../data/contract";
import { sampleBoat, sampleCharter, samplePerson } from "../../testing/samples";
import { candidates, paperWarnings } from "./candidates";

const HOUR_MS = 3_600_000;
/** In New York until July 4, 9 PM. */
const charter = sampleCharter({
  event_id: "own",
  boat_id: "boat-1",
  starts_at: "2126-07-04T17:00:00Z",
  ends_at: "2126-07-05T01:00:00Z",
});
const paper = (kind: PersonPaper["kind"], valid_until: string | null): PersonPaper => ({
  kind,
  valid_until,
  number_last4: "",
  note: "",
});
const good = [paper("mmc", "2127-01-01"), paper("medical", "2127-01-01")];
const warnings = (...papers: PersonPaper[]) => paperWarnings(samplePerson({ papers }), "captain", charter);
const list = (people: Parameters<typeof candidates>[1], charters: (typeof charter)[] = [], boats = [sampleBoat()]) =>
  candidates("captain", people, boats, { entries: [], charters }, charter);

test("people are offered by rank: those who are active and have the role", () => {
  const people = [
    samplePerson({ person_id: "1", name: "Zoë", rank: 2 }),
    samplePerson({ person_id: "2", name: "Ana", rank: 2 }),
    samplePerson({ person_id: "3", name: "Bo", rank: 1, active: false }),
    samplePerson({ person_id: "4", name: "Cy", rank: 1, roles: ["mate"] }),
    samplePerson({ person_id: "5", name: "Di", rank: 1, roles: ["mate", "captain"] }),
  ];
  expect(list(people).map(({ person }) => person.name)).toEqual(["Di", "Ana", "Zoë"]);
});

test("a paper is good through its last day, by the charter's own clocks", () => {
  expect(warnings(paper("mmc", "2126-07-04"), paper("medical", "2126-07-05"))).toEqual([]);
  expect(warnings(paper("mmc", "2126-07-03"), paper("medical", "2126-07-05"))).toEqual([
    "Merchant Mariner Credential: ends Wed, Jul 3, 2126, before the charter does",
  ]);
});

test("a charter until midnight needs no paper of the next day", () => {
  const midnight = { ...charter, ends_at: "2126-07-05T04:00:00Z" };
  const found = (last: string) => paperWarnings(samplePerson({ papers: [paper("mmc", last)] }), "mate", midnight);
  expect(found("2126-07-04")).toEqual([]);
  expect(found("2126-07-03")).toHaveLength(1);
});

test("what is missing, undated or expired is told", () => {
  expect(warnings()).toEqual(["Merchant Mariner Credential: not entered", "Medical certificate: not entered"]);
  expect(warnings(paper("mmc", null), ...good.slice(1))).toEqual(["Merchant Mariner Credential: date not known"]);
  expect(warnings(...good, paper("first_aid", "2020-03-01"))).toEqual(["First aid and CPR: expired Sun, Mar 1, 2020"]);
});

test("a mate needs no papers, but those who entered some are told of", () => {
  const mate = (...papers: PersonPaper[]) => paperWarnings(samplePerson({ papers }), "mate", charter);
  expect(mate()).toEqual([]);
  expect(mate(paper("first_aid", null))).toEqual(["First aid and CPR: date not known"]);
});

test("somebody who sails elsewhere then is told of with the charter that is in the way", () => {
  const dana = samplePerson({ papers: good });
  const other = { ...charter, event_id: "other", title: "Whale watch", captain: { ...dana } };
  const [found] = list([dana], [other], [sampleBoat({ kind: "inspected" })]);
  expect(found).toMatchObject({ free: false });
  expect(found?.warnings).toEqual([expect.stringMatching(/^Sails on Whale watch, 1:00\s–\s9:00\sPM/)]);
  expect(list([dana], [{ ...other, status: "cancelled" }])[0]?.free).toBe(true);
  expect(list([dana], [{ ...other, event_id: "own" }])[0]?.free).toBe(true);
});

test("more than twelve hours as captain of uninspected boats within a day are warned about", () => {
  const dana = samplePerson({ papers: good });
  const before = (hours: number, change = {}) => ({
    ...charter,
    event_id: "other",
    starts_at: new Date(Date.parse(charter.starts_at) - (hours + 2) * HOUR_MS).toISOString(),
    ends_at: new Date(Date.parse(charter.starts_at) - 2 * HOUR_MS).toISOString(),
    captain: { ...dana },
    ...change,
  });
  const told = (charters: ReturnType<typeof before>[], boats = [sampleBoat()]) =>
    list([dana], charters, boats)[0]?.warnings;
  expect(told([before(4)])).toEqual([]);
  expect(told([before(5)])).toEqual(["13 h as captain within 24 hours: 12 are allowed"]);
  expect(told([before(5, { captain: null, crew: [{ ...dana }] })])).toEqual([]);
  expect(told([before(5, { boat_id: "inspected" })])).toEqual([]);
  expect(told([before(5)], [sampleBoat({ kind: "inspected" })])).toEqual([]);
});
