import { describe, expect, test } from "vitest";
import { samplePayment } from "../../testing/samples";
import { moves, refunds } from "./cancel-money";

const deposit = samplePayment({
  payment_id: "d",
  kind: "deposit",
  amount_cents: 40_000,
  received_at: "2026-06-01T12:00:00Z",
});
const balance = samplePayment({ payment_id: "b", amount_cents: 20_000, received_at: "2026-07-01T12:00:00Z" });
const tip = samplePayment({ payment_id: "t", kind: "tip", amount_cents: 5_000, received_at: "2026-07-02T12:00:00Z" });
const payments = [deposit, balance, tip];
const short = (cents: number, of = payments) =>
  refunds(of, cents).map(({ payment, cents }) => [payment.payment_id, cents]);

describe("what a cancelled charter gives back", () => {
  test("comes from the latest payments first, to the cent, and never from a tip", () => {
    expect(short(60_000)).toEqual([
      ["b", 20_000],
      ["d", 40_000],
    ]);
    expect(short(45_001)).toEqual([
      ["b", 20_000],
      ["d", 25_001],
    ]);
    expect(short(100)).toEqual([["b", 100]]);
    expect(short(0)).toEqual([]);
  });

  test("leaves out what is given back already, voided or bounced", () => {
    const refund = samplePayment({ payment_id: "r", kind: "refund", refund_of: "b", amount_cents: 15_000 });
    expect(short(45_000, [...payments, refund])).toEqual([
      ["b", 5_000],
      ["d", 40_000],
    ]);
    expect(short(45_000, [deposit, { ...balance, status: "bounced" }])).toEqual([["d", 40_000]]);
  });

  test("moves to another charter from the latest on, the last one in part", () => {
    const moved = (cents: number, of = payments) =>
      moves(of, cents)?.map(({ payment, cents }) => [payment.payment_id, cents]) ?? null;
    expect(moved(60_000)).toEqual([
      ["b", 20_000],
      ["d", 40_000],
    ]);
    expect(moved(20_000)).toEqual([["b", 20_000]]);
    expect(moved(30_001)).toEqual([
      ["b", 20_000],
      ["d", 10_001],
    ]);
    expect(moved(60_001)).toBeNull();
    expect(moved(0)).toBeNull();
  });

  test("does not move what was given back in part", () => {
    const refund = samplePayment({ payment_id: "r", kind: "refund", refund_of: "b", amount_cents: 15_000 });
    const found = moves([...payments, refund], 30_000);
    expect(found?.map(({ payment, cents }) => [payment.payment_id, cents])).toEqual([["d", 30_000]]);
    expect(moves([...payments, refund], 45_000)).toBeNull();
  });
});
