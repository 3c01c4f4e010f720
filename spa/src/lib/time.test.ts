import { expect, test } from "vitest";
import { formatAway, formatEnd, formatSpan, isTimezone } from "./time";

const NEW_YORK = "America/New_York";

test("a span shows the zone only where clocks differ from this device's", () => {
  // The tests run in UTC.
  expect(formatSpan("2026-07-04T18:00:00Z", "2026-07-04T22:00:00Z", "UTC")).not.toMatch(/UTC/);
  expect(formatSpan("2026-07-04T18:00:00Z", "2026-07-04T22:00:00Z", NEW_YORK)).toMatch(/^2:00\s–\s6:00\sPM EDT$/);
});

test("an end names its day where that is another one", () => {
  expect(formatEnd("2026-07-04T18:00:00Z", "2026-07-04T22:00:00Z", "UTC")).toMatch(/^to 10:00\sPM$/);
  expect(formatEnd("2026-07-04T22:00:00Z", "2026-07-05T02:00:00Z", NEW_YORK)).toMatch(/^to 10:00\sPM EDT$/);
  expect(formatEnd("2026-07-04T22:00:00Z", "2026-07-05T02:00:00Z", "UTC")).toMatch(/^to Sun, 2:00\sAM$/);
  expect(formatEnd("2026-07-04T22:00:00Z", "2026-07-11T02:00:00Z", "UTC")).toMatch(/^to Sat, Jul 11, 2:00\sAM$/);
});

test("distances are plain text", () => {
  const now_ms = Date.parse("2026-07-04T12:00:00Z");
  expect(formatAway("2026-07-04T12:20:00Z", now_ms)).toBe("in 20 min");
  expect(formatAway("2026-07-04T14:10:00Z", now_ms)).toBe("in 2 h 10 min");
  expect(formatAway("2026-07-06T12:00:00Z", now_ms)).toBe("in 2 days");
});

test("time zones are known by name", () => {
  expect(isTimezone(NEW_YORK)).toBe(true);
  expect(isTimezone("Atlantis/Capital")).toBe(false);
  expect(isTimezone("")).toBe(false);
});
