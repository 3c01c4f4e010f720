import { expect, test } from "vitest";
import type { ListedPayment } from "../../data/contract";
import { samplePayment } from "../../testing/samples";
import { type Column, inOrder, newestFirst, nextOrder } from "./ledger-order";

const listed = (payment_id: string, change: Partial<ListedPayment> = {}): ListedPayment => ({
  ...samplePayment({ payment_id }),
  charter: "Sunset sail",
  ...change,
});
const ids = (payments: readonly ListedPayment[], by: Column, down: boolean) =>
  inOrder(payments, { by, down }).map(({ payment_id }) => payment_id);

test("what was received at one moment stands by when it was recorded", () => {
  const early = listed("early", { recorded_at: "2026-07-01T12:00:00Z" });
  const late = listed("late", { recorded_at: "2026-07-02T12:00:00Z" });
  expect(ids([early, late], "date", true)).toEqual(["late", "early"]);
  expect(ids([late, early], "date", false)).toEqual(["early", "late"]);
});

test("payments that are equal in a column stand newest first, in either direction", () => {
  const old = listed("old", { received_at: "2026-07-01T12:00:00Z" });
  const young = listed("young", { received_at: "2026-07-09T12:00:00Z" });
  expect(ids([old, young], "from", false)).toEqual(["young", "old"]);
  expect(ids([old, young], "from", true)).toEqual(["young", "old"]);
});

test("amounts of each currency stand together, and money that was given back is the smallest", () => {
  const payments = [
    listed("yen", { currency: "JPY", amount_cents: 500_000 }),
    listed("dollars", { amount_cents: 40_000 }),
    listed("back", { amount_cents: 90_000, kind: "refund" }),
    listed("more yen", { currency: "JPY", amount_cents: 600_000 }),
  ];
  expect(ids(payments, "amount", true)).toEqual(["more yen", "yen", "dollars", "back"]);
});

test("names stand by their letters, with accents and without, and numbers by their size", () => {
  const payments = ["Zoe", "Émile", "eva", "Dana"].map((payer) => listed(payer, { payer }));
  expect(ids(payments, "from", false)).toEqual(["Dana", "Émile", "eva", "Zoe"]);
  const checks = ["1042", "99"].map((reference) => listed(reference, { method: "check", reference }));
  expect(ids(checks, "how", false)).toEqual(["99", "1042"]);
});

test("a new column begins with the latest, the largest or the first of the alphabet", () => {
  expect(nextOrder(newestFirst, "date")).toEqual({ by: "date", down: false });
  expect(nextOrder(newestFirst, "amount")).toEqual({ by: "amount", down: true });
  expect(nextOrder(newestFirst, "charter")).toEqual({ by: "charter", down: false });
  expect(nextOrder({ by: "charter", down: false }, "charter")).toEqual({ by: "charter", down: true });
});
