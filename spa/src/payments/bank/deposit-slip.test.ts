import { expect, test } from "vitest";
import type { ListedPayment, Payment } from "../../data/contract";
import { samplePayment } from "../../testing/samples";
import { depositSlips } from "./deposit-slip";

const listed = (change: Partial<Payment>): ListedPayment => ({ ...samplePayment(change), charter: "Sunset sail" });

test("checks and cash are summed apart and together, tips too", () => {
  const [slip] = depositSlips([
    listed({ method: "check", amount_cents: 48_000 }),
    listed({ method: "check", amount_cents: 2_000, status: "cleared" }),
    listed({ method: "cash", amount_cents: 30_000 }),
    listed({ method: "cash", amount_cents: 5_000, kind: "tip" }),
    listed({ method: "card", amount_cents: 99_000 }),
    listed({ method: "zelle", amount_cents: 99_000 }),
  ]);
  expect(slip).toMatchObject({ checks_cents: 50_000, cash_cents: 35_000, total_cents: 85_000 });
  expect(slip?.checks).toHaveLength(2);
});

test("voided and bounced ones are not carried to the bank", () => {
  expect(
    depositSlips([listed({ method: "check", status: "bounced" }), listed({ method: "cash", status: "voided" })]),
  ).toEqual([]);
});

test("cash that was given back is taken off and shown; a refund by check is none", () => {
  const [slip] = depositSlips([
    listed({ method: "cash", amount_cents: 30_000 }),
    listed({ method: "cash", amount_cents: 40_000, kind: "refund" }),
    listed({ method: "check", amount_cents: 10_000, kind: "refund" }),
  ]);
  expect(slip?.cash_refunds).toHaveLength(1);
  expect(slip).toMatchObject({ checks: [], checks_cents: 0, cash_cents: -10_000, total_cents: -10_000 });
});

test("each currency has a slip of its own", () => {
  const slips = depositSlips([
    listed({ method: "cash", amount_cents: 100 }),
    listed({ method: "check", amount_cents: 200, currency: "EUR" }),
  ]);
  expect(slips.map(({ currency, total_cents }) => [currency, total_cents])).toEqual([
    ["USD", 100],
    ["EUR", 200],
  ]);
});
