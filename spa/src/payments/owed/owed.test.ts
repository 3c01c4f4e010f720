import { describe, expect, test } from "vitest";
import type { ReceivableJson } from "../../data/contract";
import { operatorClock } from "../../lib/clock";
import { ageText, groups, isUrgent, remindedText, sums, whenText } from "./owed";

const owed = (change: Partial<ReceivableJson>): ReceivableJson => ({
  ...{ event_id: "event-1", title: "Sunset sail", patron: { name: "Ana", email: "", phone: "" } },
  ...{ starts_at: "2026-10-01T18:00:00Z", ends_at: "2026-10-01T21:00:00Z", timezone: "UTC", status: "completed" },
  ...{ currency: "USD", charged_cents: 50_000, due_cents: 20_000, uncleared_cents: 0, age_days: 42, bucket: "31-60" },
  reminded_at: null,
  ...change,
});

describe("who owes", () => {
  test("is what sailed, oldest first, then what is to sail, next first", () => {
    const later = owed({ title: "Later", bucket: "coming", age_days: 0, starts_at: "2026-12-04T18:00:00Z" });
    const soon = owed({ title: "Soon", bucket: "coming", age_days: 0, starts_at: "2026-11-30T18:00:00Z" });
    const old = owed({ title: "Old", bucket: "over-90", ends_at: "2026-07-01T18:00:00Z" });
    const shown = groups([later, owed({}), soon, old]);
    expect(shown.map(({ name, charters }) => [name, charters.map(({ title }) => title)])).toEqual([
      ["Sailed, not paid", ["Old", "Sunset sail"]],
      ["Before the sail", ["Soon", "Later"]],
    ]);
    expect(groups([soon]).map(({ name }) => name)).toEqual(["Before the sail"]);
  });

  test("says for how many days", () => {
    expect([0, 1, 42].map((age_days) => ageText(owed({ age_days, bucket: "0-30" })))).toEqual([
      ...["today", "1 day", "42 days"],
    ]);
    expect(ageText(owed({ age_days: 0, bucket: "coming" }))).toBe("");
  });

  const now_ms = Date.parse("2026-12-04T18:30:00Z");
  const timezone = "America/Los_Angeles";

  test("says when the patron was last asked to pay, by the operator's days", () => {
    operatorClock.value = { timezone, ahead_ms: 0 };
    const said = (reminded_at: string | null) => remindedText(owed({ reminded_at }), now_ms);
    // Seven in the morning in UTC is the evening before in Los Angeles.
    expect(["2026-12-04T09:00:00Z", "2026-12-04T07:00:00Z", "2026-12-01T18:00:00Z", null].map(said)).toEqual([
      ...["today", "yesterday", "3 days ago", ""],
    ]);
  });

  test("says the time of what sails today or tomorrow, and is urgent on the day when nothing is paid", () => {
    const coming = (starts_at: string, due_cents = 50_000) =>
      owed({ starts_at, timezone, due_cents, bucket: "coming", age_days: 0 });
    const said = (starts_at: string) => whenText(coming(starts_at), now_ms);
    expect(["2026-12-05T01:00:00Z", "2026-12-05T17:00:00Z", "2026-12-07T01:00:00Z"].map(said)).toEqual([
      ...["Today, 5:00 PM", "Tomorrow, 9:00 AM", "Sun, Dec 6"],
    ]);
    expect(isUrgent(coming("2026-12-05T01:00:00Z"), now_ms)).toBe(true);
    expect(isUrgent(coming("2026-12-05T01:00:00Z", 49_999), now_ms)).toBe(false);
    expect(isUrgent(coming("2026-12-05T17:00:00Z"), now_ms)).toBe(false);
    expect(isUrgent(owed({}), now_ms)).toBe(true);
  });
});

test("the sums are those of the server, each currency apart, every bucket in its place", () => {
  const totals = {
    ...{ currency: "USD", due_cents: 170_000, buckets: { coming: 50_000, "31-60": 120_000, "over-90": 0 } },
    other_currencies: [{ currency: "EUR", due_cents: 30_050, buckets: { "0-30": 30_050 } }],
  };
  expect(sums({ charters: [], totals })).toEqual([
    {
      ...{ currency: "USD", amount: "$1,700" },
      parts: [
        { name: "Not sailed", more: "yet", amount: "$500", late: false },
        { name: "0–30 days", more: "", amount: "$0", late: false },
        { name: "31–60", more: "days", amount: "$1,200", late: true },
        { name: "61–90", more: "days", amount: "$0", late: false },
        { name: "Over 90", more: "days", amount: "$0", late: false },
      ],
    },
    {
      ...{ currency: "EUR", amount: "€300.50" },
      parts: expect.arrayContaining([{ name: "0–30 days", more: "", amount: "€300.50", late: false }]),
    },
  ]);
});
