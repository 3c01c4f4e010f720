import { expect, test } from "vitest";
import type { ScheduleEntry } from "../data/contract";
import { sampleBoat, sampleEntry, sampleHold } from "../testing/samples";
import { weekDays } from "./week-geometry";
import {
  boatRows,
  clockText,
  conflictsOf,
  conflictText,
  conflictWith,
  countConflicts,
  dayText,
  holdText,
  pieceTime,
} from "./week-plan";

const ZONE = "America/Los_Angeles";
/** Dates hold narrow and unbreakable spaces. */
const plain = (text: string) => text.replace(/\s+/g, " ");
const days = weekDays("2026-11-28", ZONE);
const petrel = sampleBoat({
  boat_id: "petrel",
  name: "Petrel",
  passenger_limit: 12,
  turnaround_minutes: 60,
  home_port: "San Diego",
});
const other = {
  event_id: "event-2",
  title: "Birthday",
  starts_at: "2026-11-28T21:00:00Z",
  ends_at: "2026-11-29T01:00:00Z",
};
const whale = {
  event_id: "event-1",
  title: "Whale watch",
  starts_at: "2026-11-28T20:00:00Z",
  ends_at: "2026-11-28T23:00:00Z",
};

function planned(entry: ScheduleEntry) {
  const [one] = boatRows({ boats: [petrel], entries: [entry] }, [], days)[0]?.planned ?? [];
  if (!one) throw new Error("not planned");
  return one;
}

test("a row is shown for each active boat, for others with entries, and for charters without a boat's record", () => {
  const boats = [petrel, sampleBoat({ boat_id: "old", active: false }), sampleBoat({ boat_id: "sold", active: false })];
  const entries = [sampleEntry({ boat_id: "old" }), sampleEntry({ event_id: "event-3", boat_id: null })];
  const rows = boatRows({ boats, entries }, [], days);
  expect(rows.map(({ boat, planned }) => [boat?.boat_id ?? null, planned.length])).toEqual([
    ["petrel", 0],
    ["old", 1],
    [null, 1],
  ]);
  expect(boatRows({ boats: [petrel], entries: [] }, [], days)).toHaveLength(1);
});

test("a double booking says when both need the boat, and with what", () => {
  const one = planned(sampleEntry({ conflicts: [{ kind: "boat", name: "Petrel", ...other }] }));
  const [conflict] = one.conflicts;
  if (!conflict) throw new Error("no conflict");
  expect(plain(conflictText(conflict, petrel, ZONE))).toBe("Double-booked 1:00 – 3:00 PM PST");
  expect(plain(conflictWith(conflict, ZONE))).toBe("with Birthday, Sat, Nov 28, 1:00 – 5:00 PM PST");
});

test("a turnaround that is too short says how long it is and how long it must be", () => {
  const next = { ...other, starts_at: "2026-11-28T23:30:00Z", ends_at: "2026-11-29T03:00:00Z" };
  const early = planned(sampleEntry({ conflicts: [{ kind: "boat", name: "Petrel", ...next }] }));
  const late = planned(sampleEntry({ ...next, conflicts: [{ kind: "boat", name: "Petrel", ...whale }] }));
  for (const { conflicts } of [early, late]) {
    expect(conflicts.map((one) => conflictText(one, petrel, ZONE))).toEqual(["30 min between, needs 1 h"]);
  }
});

test("a person who is on two boats is named", () => {
  const one = planned(sampleEntry({ conflicts: [{ kind: "captain", name: "Dana Ortiz", ...other }] }));
  expect(one.conflicts.map((each) => conflictText(each, petrel, ZONE))[0]).toMatch(/^Dana Ortiz twice 1:00/);
});

test("a conflict is told in the days of which it is, and never in none", () => {
  const haul = {
    hold_id: "hold-1",
    title: "Haul-out",
    starts_at: "2026-12-02T18:00:00Z",
    ends_at: "2026-12-02T20:00:00Z",
  };
  const long = { starts_at: "2026-11-30T18:00:00Z", ends_at: "2026-12-04T18:00:00Z" };
  const one = planned(sampleEntry({ ...long, conflicts: [{ kind: "boat", name: "Petrel", ...haul }] }));
  const told = one.pieces.filter(
    (piece) => conflictsOf(one, days[piece.day] as (typeof days)[number], piece).length > 0,
  );
  // Where it begins, and on the day of the conflict.
  expect(told.map(({ day }) => days[day]?.day)).toEqual(["2026-11-30", "2026-12-02"]);
});

test("two that are in each other's way are one conflict, over two boats or people they are two", () => {
  const both = (kind: "boat" | "captain", name: string) => [
    sampleEntry({ conflicts: [{ kind, name, ...other }] }),
    sampleEntry({ ...other, conflicts: [{ kind, name, ...whale }] }),
  ];
  const count = (entries: ScheduleEntry[]) => countConflicts(boatRows({ boats: [petrel], entries }, [], days));
  expect(count(both("boat", "Petrel"))).toBe(1);
  expect(count([...both("boat", "Petrel"), ...both("captain", "Dana Ortiz")])).toBe(2);
  expect(count([sampleEntry()])).toBe(0);
});

test("what goes on over midnight says until when", () => {
  const one = planned(sampleEntry({ starts_at: "2026-11-30T01:00:00Z", ends_at: "2026-12-02T03:00:00Z" }));
  expect(one.pieces.map((piece) => plain(pieceTime(one, piece, ZONE)))).toEqual([
    "5:00 PM – Tue, Dec 1, 7:00 PM PST",
    "until Tue, Dec 1, 7:00 PM",
    "until 7:00 PM",
  ]);
});

test("a day counts what begins in it and what goes on", () => {
  const entries = [
    sampleEntry(),
    sampleEntry({ event_id: "event-2", starts_at: "2026-11-28T04:00:00Z", ends_at: "2026-11-30T04:00:00Z" }),
    sampleEntry({ kind: "hold", hold_id: "hold-1", status: "held" }),
  ];
  const rows = boatRows({ boats: [petrel], entries }, [sampleHold()], days);
  expect([0, 1, 2].map((place) => dayText(rows, place))).toEqual(["2 charters, 1 hold", "1 charter", ""]);
});

test("a hold says what it is, until when, and how often", () => {
  expect(plain(holdText(sampleHold(), ZONE))).toBe("Held until Mon, Nov 30, 5:00 PM PST");
  const weekly = sampleHold({ kind: "blocked", expires_at: null, weekly_until: "2027-01-27" });
  // By the hold's own clocks: in UTC one that begins in the evening is a day later.
  expect(holdText({ ...weekly, starts_at: "2026-12-02T03:00:00Z" }, ZONE)).toBe("Blocked, every Tuesday");
  expect(holdText(sampleHold({ kind: "maintenance", expires_at: null }), ZONE)).toBe("Out of service");
});

test("days of other lengths are said as people do", () => {
  const texts = (first: string) => weekDays(first, ZONE).map(clockText).filter(Boolean);
  expect(texts("2026-03-06")).toEqual(["23 hours: clocks go forward"]);
  expect(texts("2026-10-30")).toEqual(["25 hours: clocks go back"]);
});
