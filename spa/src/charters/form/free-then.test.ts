import { expect, test } from "vitest";
import type { ScheduleEntry } from "../../data/contract";
import { sampleBoat, sampleCharter, samplePerson } from "../../testing/samples";
import { freeBoats, freePeople } from "./free-then";

const wanted = { starts_at: "2026-07-04T18:00:00Z", ends_at: "2026-07-04T20:00:00Z", event_id: "own" };
const kestrel = sampleBoat({ boat_id: "b1", turnaround_minutes: 60 });
const entry = (change: Partial<ScheduleEntry>): ScheduleEntry => ({
  kind: "charter",
  boat_id: "b1",
  title: "Sail",
  starts_at: "2026-07-04T15:00:00Z",
  ends_at: "2026-07-04T17:00:00Z",
  status: "scheduled",
  conflicts: [],
  event_id: "other",
  ...change,
});
const isFree = (change: Partial<ScheduleEntry>) =>
  freeBoats([kestrel], { entries: [entry(change)], charters: [] }, wanted).length === 1;

test("a boat is free when its turnaround fits between two charters", () => {
  expect(isFree({})).toBe(true);
  expect(isFree({ ends_at: "2026-07-04T17:00:01Z" })).toBe(false);
  expect(isFree({ starts_at: "2026-07-04T20:30:00Z", ends_at: "2026-07-04T22:00:00Z" })).toBe(false);
});

test("a hold needs no turnaround, and one that is over takes no time", () => {
  const hold = { kind: "hold", ends_at: "2026-07-04T18:00:00Z" } as const;
  expect(isFree({ ...hold, status: "held" })).toBe(true);
  expect(isFree({ ...hold, status: "held", ends_at: "2026-07-04T19:00:00Z" })).toBe(false);
  expect(isFree({ ...hold, status: "released", ends_at: "2026-07-04T19:00:00Z" })).toBe(true);
});

test("neither other boats nor the charter itself are in the way", () => {
  const during = { ends_at: "2026-07-04T19:00:00Z" };
  expect(isFree({ ...during, boat_id: "b2" })).toBe(true);
  expect(isFree({ ...during, event_id: "own" })).toBe(true);
});

test("a captain who sails then, as captain or crew, is not offered", () => {
  const people = ["p1", "p2", "p3"].map((person_id) => samplePerson({ person_id }));
  const mate = samplePerson({ person_id: "p4", roles: ["mate"] });
  const sails = (person_id: string) => ({ person_id, name: "", email: "", phone: "" });
  const charters = [
    sampleCharter({ ...wanted, event_id: "a", captain: sails("p1"), crew: [sails("p2")] }),
    sampleCharter({ ...wanted, event_id: "b", captain: sails("p3"), status: "cancelled" }),
  ];
  const free = freePeople([...people, mate], "captain", { entries: [], charters }, wanted);
  expect(free.map(({ person_id }) => person_id)).toEqual(["p3"]);
});
