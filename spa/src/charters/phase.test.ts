import { expect, test } from "vitest";
import { sampleCharter } from "../testing/samples";
import { isLate, phaseOf, phaseText } from "./phase";

const now_ms = Date.parse("2026-07-04T18:00:00Z");
const at = (starts_at: string, ends_at: string, change = {}) =>
  phaseOf(sampleCharter({ starts_at, ends_at, ...change }), now_ms);

test.each([
  ["2026-07-06T18:00:00Z", "2026-07-06T20:00:00Z", "coming", "", false],
  ["2026-07-04T20:00:01Z", "2026-07-04T22:00:00Z", "today", "", false],
  // Two hours before, nothing that is open is grey any more.
  ["2026-07-04T20:00:00Z", "2026-07-04T22:00:00Z", "urgent", "", true],
  ["2026-07-04T18:00:00Z", "2026-07-04T20:00:00Z", "under way", "Under way", true],
  ["2026-07-04T16:00:00Z", "2026-07-04T18:00:00Z", "ended", "Ended", true],
] as const)("from %s to %s it is %s", (starts_at, ends_at, phase, text, late) => {
  expect(at(starts_at, ends_at)).toBe(phase);
  expect(phaseText(phase)).toBe(text);
  expect(isLate(phase)).toBe(late);
});

test.each(["departed", "completed", "cancelled"] as const)(
  "whatever the clock says, one that is %s says so",
  (status) => {
    expect(at("2026-07-06T18:00:00Z", "2026-07-06T20:00:00Z", { status })).toBe(status);
    expect(phaseText(status).toLowerCase()).toBe(status);
  },
);

test("the day is the charter's own", () => {
  // Ten in the evening of the day before in New York.
  expect(at("2026-07-05T02:00:00Z", "2026-07-05T04:00:00Z", { timezone: "America/New_York" })).toBe("today");
  expect(at("2026-07-05T02:00:00Z", "2026-07-05T04:00:00Z", { timezone: "UTC" })).toBe("coming");
});
