import { describe, expect, test } from "vitest";
import type { ReceivableJson } from "../../data/contract";
import { ageText, groups, sums } from "./owed";

const owed = (change: Partial<ReceivableJson>): ReceivableJson => ({
  ...{ event_id: "event-1", title: "Sunset sail", patron: { name: "Ana", email: "", phone: "" } },
  ...{ starts_at: "2026-10-01T18:00:00Z", ends_at: "2026-10-01T21:00:00Z", timezone: "UTC", status: "completed" },
  ...{ currency: "USD", charged_cents: 50_000, due_cents: 20_000, uncleared_cents: 0, age_days: 42, bucket: "31-60" },
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
});

test("the sums are those of the server, each currency apart, without empty buckets", () => {
  const totals = {
    ...{ currency: "USD", due_cents: 170_000, buckets: { coming: 50_000, "31-60": 120_000, "over-90": 0 } },
    other_currencies: [{ currency: "EUR", due_cents: 30_050, buckets: { "0-30": 30_050 } }],
  };
  expect(sums({ charters: [], totals })).toEqual([
    {
      ...{ currency: "USD", amount: "$1,700" },
      parts: [
        { name: "Not sailed yet", amount: "$500", late: false },
        { name: "31–60 days", amount: "$1,200", late: true },
      ],
    },
    { currency: "EUR", amount: "€300.50", parts: [{ name: "0–30 days", amount: "€300.50", late: false }] },
  ]);
});
