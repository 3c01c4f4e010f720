import { describe, expect, test } from "vitest";
import { sampleBalance, sampleCharter } from "../testing/samples";
import { byDay, matches, sections } from "./board-sections";

const paid = { balance: sampleBalance({ balance_due_cents: 0 }) };
const ids = (events: readonly { event_id: string }[]) => events.map(({ event_id }) => event_id);
const charter = (event_id: string, starts_at: string, ends_at: string, change = {}) =>
  sampleCharter({ event_id, starts_at, ends_at, ...change });

test("the board sorts by each charter's own calendar", () => {
  const now = new Date("2026-07-04T18:00:00Z");
  const { next, today, coming, past } = sections(
    [
      charter("later", "2026-07-06T18:00:00Z", "2026-07-06T20:00:00Z"),
      charter("tonight", "2026-07-05T02:00:00Z", "2026-07-05T03:00:00Z"),
      charter("next", "2026-07-04T21:00:00Z", "2026-07-04T23:00:00Z"),
      charter("cancelled", "2026-07-04T19:00:00Z", "2026-07-04T20:00:00Z", { status: "cancelled" }),
      charter("this morning", "2026-07-04T12:00:00Z", "2026-07-04T14:00:00Z"),
      charter("overnight", "2026-07-03T22:00:00Z", "2026-07-04T20:00:00Z"),
      charter("old", "2026-07-01T12:00:00Z", "2026-07-01T14:00:00Z", paid),
      charter("yesterday", "2026-07-03T12:00:00Z", "2026-07-03T14:00:00Z", paid),
      charter("owed", "2026-07-02T12:00:00Z", "2026-07-02T14:00:00Z"),
      charter("owed longer", "2026-06-02T12:00:00Z", "2026-06-02T14:00:00Z"),
    ],
    now,
  );
  expect(next?.event_id).toBe("next");
  expect(ids(today)).toEqual(["overnight", "this morning", "cancelled", "tonight"]);
  expect(ids(coming)).toEqual(["later"]);
  // What is owed of them stands above the board, too.
  expect(ids(past)).toEqual(["yesterday", "owed", "old", "owed longer"]);
});

test("charters that begin on one local day stand together", () => {
  const late = charter("late", "2026-07-05T03:59:00Z", "2026-07-05T05:00:00Z");
  const noon = charter("noon", "2026-07-04T16:00:00Z", "2026-07-04T17:00:00Z");
  const after = charter("after midnight", "2026-07-05T04:00:00Z", "2026-07-05T06:00:00Z");
  expect(byDay([noon, late, after]).map(({ date, charters }) => [date, ids(charters)])).toEqual([
    ["2026-07-04", ["noon", "late"]],
    ["2026-07-05", ["after midnight"]],
  ]);
  expect(byDay([])).toEqual([]);
  // Of a day that shows in part all are counted.
  expect(byDay([noon, late, after], 1, 2)).toEqual([{ date: "2026-07-04", count: 2, charters: [late] }]);
});

describe("a search", () => {
  const charter = sampleCharter({
    departure_port: "Šibenik",
    return_port: "Vis",
    crew: [{ person_id: null, name: "Cy Young", email: "cy@example.com", phone: "+1 555 010 0102" }],
    guests: [{ guest_id: "1", name: "Leïla O’Neil", email: "leila@example.com" }],
  });

  test("finds every word in title, vessel, ports, state and people", () => {
    for (const query of ["ana sunset", "WANDERER", "šibenik", "vis", "scheduled", "ben", "cy", "cy@", "555 0102"]) {
      expect(matches(charter, query), query).toBe(true);
    }
    expect(matches(charter, "ana moonlight")).toBe(false);
  });

  test("finds a listed guest by name and address", () => {
    expect(matches(charter, "leila")).toBe(true);
    expect(matches(charter, "leila@example.com")).toBe(true);
    expect(matches(sampleCharter(), "leila")).toBe(false);
  });

  test.each([
    "sibenik",
    "ŠIBENIK",
    "S\u030cibenik",
    "o'neil",
    "OʼNEIL",
    "le\u0131la",
    "LEI\u0308LA",
    "\u202avis\u202c",
  ])("does not care about case, accents, their encoding, apostrophes and invisible marks: %s", (query) =>
    expect(matches(charter, query)).toBe(true),
  );
});
