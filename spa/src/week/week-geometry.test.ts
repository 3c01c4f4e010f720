import { describe, expect, test } from "vitest";
import { daysLater } from "../lib/periods";
import { localDay, toLocal, toRfc3339 } from "../lib/time";
import { movedByDays, overlap, pieces, proposedStart, type Span, spanOf, weekDays } from "./week-geometry";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
// Zones whose clocks change at two, at midnight, by half an hour; and that have lost a whole day.
const ZONES = [
  "America/Los_Angeles",
  "Europe/Berlin",
  "Asia/Beirut",
  "Africa/Cairo",
  "America/Havana",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "UTC",
];
const hours = (span: Span) => (span.ends_ms - span.starts_ms) / HOUR_MS;
const at = (instant: string) => Date.parse(instant);

/** The same numbers at each run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("the days of a week", () => {
  test("have 23 hours where clocks go forward, and 25 where they go back", () => {
    expect(weekDays("2026-03-06", "America/Los_Angeles").map(hours)).toEqual([24, 24, 23, 24, 24, 24, 24]);
    expect(weekDays("2026-10-26", "America/Los_Angeles").map(hours)).toEqual([24, 24, 24, 24, 24, 24, 25]);
    // In Cairo the hour after midnight is the one that is skipped.
    expect(weekDays("2026-04-22", "Africa/Cairo").map(hours)).toEqual([24, 24, 23, 24, 24, 24, 24]);
    // Samoa went over the date line.
    expect(weekDays("2011-12-28", "Pacific/Apia").map(hours)).toEqual([24, 24, 0, 24, 24, 24, 24]);
  });

  test("follow each other without a gap, over months and years", () => {
    const random = randomNumbers(1);
    for (let round = 0; round < 400; round++) {
      const timezone = ZONES[round % ZONES.length] as string;
      const first = daysLater("2026-01-01", Math.floor(random() * 730));
      const days = weekDays(first, timezone);
      expect(days.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4, 5, 6].map((later) => daysLater(first, later)));
      for (const [place, { day, starts_ms, ends_ms }] of days.entries()) {
        expect(localDay(new Date(starts_ms), timezone)).toBe(day);
        expect(localDay(new Date(starts_ms - 1), timezone)).not.toBe(day);
        expect(days[place + 1]?.starts_ms ?? ends_ms).toBe(ends_ms);
      }
    }
  });
});

describe("the pieces of an entry", () => {
  test("are, minute by minute, what the calendar says", () => {
    const random = randomNumbers(2);
    for (let round = 0; round < 240; round++) {
      const timezone = ZONES[round % ZONES.length] as string;
      // Around changes of clocks, mostly.
      const first = daysLater(random() < 0.5 ? "2026-03-01" : "2026-10-20", Math.floor(random() * 40));
      const days = weekDays(first, timezone);
      const week_ms = days[0]?.starts_ms ?? 0;
      const starts_ms = week_ms + Math.floor((random() * 11 - 2) * 24 * 60) * MINUTE_MS;
      const span = { starts_ms, ends_ms: starts_ms + Math.ceil(random() ** 3 * 6 * 24 * 60) * MINUTE_MS };
      const found = pieces(span, days);
      // Counted by the wall's calendar, without any midnight computed.
      const minutes = new Map<string, number>();
      const before = new Map<string, number>();
      for (let minute_ms = week_ms - HOUR_MS; minute_ms < week_ms + 8 * 25 * HOUR_MS; minute_ms += 15 * MINUTE_MS) {
        const day = localDay(new Date(minute_ms), timezone);
        const end_ms = minute_ms + 15 * MINUTE_MS;
        const inside = Math.max(Math.min(end_ms, span.ends_ms) - Math.max(minute_ms, span.starts_ms), 0);
        if (inside > 0) minutes.set(day, (minutes.get(day) ?? 0) + inside);
        const early = Math.max(Math.min(end_ms, span.starts_ms) - minute_ms, 0);
        before.set(day, (before.get(day) ?? 0) + early);
      }
      const shown = days.filter(({ day }) => minutes.has(day));
      expect(found.map(({ day }) => days[day]?.day)).toEqual(shown.map(({ day }) => day));
      for (const piece of found) {
        const day = days[piece.day] as (typeof days)[number];
        const length_ms = day.ends_ms - day.starts_ms;
        expect(piece.width * length_ms).toBeCloseTo(minutes.get(day.day) ?? 0, 3);
        expect(piece.left * length_ms).toBeCloseTo(before.get(day.day) ?? 0, 3);
        expect(piece.begins).toBe(localDay(new Date(span.starts_ms), timezone) === day.day);
        expect(piece.ends).toBe(localDay(new Date(span.ends_ms - 1), timezone) === day.day);
      }
    }
  });

  test("say where an entry goes on over midnight and over the week's edges", () => {
    const days = weekDays("2026-11-28", "America/Los_Angeles");
    // Thursday 9:00 to Friday 18:00; from before the week to Saturday 6:00; Friday 18:00 until after it.
    const overnight = pieces(spanOf({ starts_at: "2026-12-03T17:00:00Z", ends_at: "2026-12-05T02:00:00Z" }), days);
    expect(overnight).toEqual([
      { day: 5, left: 9 / 24, width: 15 / 24, begins: true, ends: false },
      { day: 6, left: 0, width: 18 / 24, begins: false, ends: true },
    ]);
    expect(pieces({ starts_ms: 0, ends_ms: at("2026-11-28T14:00:00Z") }, days)).toEqual([
      { day: 0, left: 0, width: 0.25, begins: false, ends: true },
    ]);
    expect(pieces({ starts_ms: at("2026-12-05T02:00:00Z"), ends_ms: at("2027-01-01T00:00:00Z") }, days)).toEqual([
      { day: 6, left: 0.75, width: 0.25, begins: true, ends: false },
    ]);
  });

  test("are none of the next day when it ends at midnight", () => {
    const days = weekDays("2026-11-28", "UTC");
    const found = pieces({ starts_ms: at("2026-11-28T20:00:00Z"), ends_ms: at("2026-11-29T00:00:00Z") }, days);
    expect(found).toEqual([{ day: 0, left: 20 / 24, width: 4 / 24, begins: true, ends: true }]);
  });

  test("end of one and begin of another are no overlap", () => {
    expect(overlap({ starts_ms: 0, ends_ms: 5 }, { starts_ms: 5, ends_ms: 9 })).toBeNull();
    expect(overlap({ starts_ms: 0, ends_ms: 6 }, { starts_ms: 5, ends_ms: 9 })).toEqual({ starts_ms: 5, ends_ms: 6 });
  });
});

describe("an entry that is moved by days", () => {
  test("keeps its times on the clock on the wall, in every zone", () => {
    const random = randomNumbers(3);
    for (let round = 0; round < 400; round++) {
      const timezone = ZONES[round % ZONES.length] as string;
      const day = daysLater("2026-01-01", Math.floor(random() * 365));
      // By day clocks do not change.
      const starts_ms = at(`${day}T00:00:00Z`) + Math.floor(random() * 24 * 60) * MINUTE_MS;
      const starts_at = toRfc3339(new Date(starts_ms));
      const [, time = ""] = toLocal(new Date(starts_ms), timezone).split("T");
      if (time < "04:00") continue;
      const ends_at = toRfc3339(new Date(starts_ms + 3 * HOUR_MS));
      const [, endTime = ""] = toLocal(new Date(ends_at), timezone).split("T");
      if (endTime < "04:00") continue;
      const days = Math.floor(random() * 13) - 6;
      const moved = movedByDays({ starts_at, ends_at }, days, timezone);
      expect(toLocal(new Date(moved.starts_at), timezone)).toBe(
        `${daysLater(localDay(new Date(starts_at), timezone), days)}T${time}`,
      );
      expect(toLocal(new Date(moved.ends_at), timezone)).toBe(
        `${daysLater(localDay(new Date(ends_at), timezone), days)}T${endTime}`,
      );
    }
  });

  test("takes the first moment after an hour that is skipped, and never ends before it begins", () => {
    const night = { starts_at: "2026-03-07T10:10:00Z", ends_at: "2026-03-07T10:50:00Z" };
    expect(movedByDays(night, 1, "America/Los_Angeles")).toEqual({
      starts_at: "2026-03-08T10:00:00Z",
      ends_at: "2026-03-08T10:40:00Z",
    });
  });

  test("stays to the second where it is moved to another boat only", () => {
    const exact = { starts_at: "2026-11-01T08:30:15Z", ends_at: "2026-11-01T09:30:15Z" };
    expect(movedByDays(exact, 0, "America/Los_Angeles")).toEqual(exact);
  });
});

describe("the time that is proposed for a new charter", () => {
  const [day] = weekDays("2026-11-28", "America/Los_Angeles") as [ReturnType<typeof weekDays>[number]];
  const start = (booked: Span[], turnaround_minutes = 0, now = "2026-11-01T00:00:00Z") =>
    proposedStart(day, booked, turnaround_minutes * MINUTE_MS, "America/Los_Angeles", at(now));
  const local = (from: string, to: string) => ({ starts_ms: at(`${from}-08:00`), ends_ms: at(`${to}-08:00`) });

  test("is nine o'clock on a free day", () => {
    expect(start([])).toBe("2026-11-28T09:00");
  });

  test("has room for four hours and the boat's turnaround on both sides", () => {
    const booked = [local("2026-11-28T08:00:00", "2026-11-28T10:00:00")];
    expect(start(booked)).toBe("2026-11-28T10:00");
    expect(start(booked, 45)).toBe("2026-11-28T11:00");
    expect(start([...booked, local("2026-11-28T15:00:00", "2026-11-28T17:30:00")], 45)).toBe("2026-11-28T09:00");
    expect(start([...booked, local("2026-11-28T16:00:00", "2026-11-28T17:00:00")], 45)).toBe("2026-11-28T11:00");
  });

  test("is not past", () => {
    expect(start([], 0, "2026-11-28T21:30:00Z")).toBe("2026-11-28T14:00");
  });
});
