import { describe, expect, test } from "vitest";
import { ledger } from "../data/ledger";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { moneyState } from "./money-state";

const BEFORE = Date.parse("2026-07-04T12:00:00Z");

describe("the money of a charter at a glance", () => {
  const state = (balance: Parameters<typeof sampleBalance>[0], change = {}) =>
    moneyState(sampleCharter({ balance: sampleBalance(balance), ...change }), [], BEFORE);

  test("due, deposit, paid and overpaid", () => {
    expect(state({})).toMatchObject({ tone: "due", label: "Due $1,200" });
    expect(state({ received_cents: 30_000, deposits_cents: 30_000, balance_due_cents: 90_000 })).toMatchObject({
      tone: "part",
      label: "Deposit $300 of $1,200",
    });
    expect(state({ received_cents: 120_000, balance_due_cents: 0 }).label).toBe("Paid");
    expect(state({ received_cents: 130_000, balance_due_cents: -10_000 }).label).toBe("Overpaid $100");
  });

  test("before the end of a charter money is due, after it owed", () => {
    const charter = sampleCharter({ ends_at: "2026-07-05T01:00:00Z" });
    expect(moneyState(charter, [], Date.parse("2026-07-05T00:59:00Z")).label).toBe("Due $1,200");
    expect(moneyState(charter, [], Date.parse("2026-07-05T01:01:00Z")).label).toBe("Owed $1,200");
  });

  test("a part that was not logged as a deposit is none", () => {
    const part = { received_cents: 30_000, balance_due_cents: 90_000 };
    expect(state(part).label).toBe("Part paid $300 of $1,200");
    expect(state({ ...part, deposits_cents: 10_000 }).label).toBe("Part paid $300 of $1,200");
  });

  test("round thousands keep their zeros", () => {
    const part = { charged_cents: 300_000, received_cents: 100_000, balance_due_cents: 200_000 };
    expect(state(part).label).toBe("Part paid $1,000 of $3,000");
  });

  test("without a fee, and cancelled", () => {
    const free = { charged_cents: 0, balance_due_cents: 0 };
    expect(state(free).label).toBe("No fee set");
    expect(state({ ...free, received_cents: 5_000, balance_due_cents: -5_000 }).label).toBe("Paid $50");
    expect(state(free, { status: "cancelled" }).label).toBe("Nothing due");
    const refunded = { ...free, received_cents: 70_000, refunded_cents: 70_000 };
    expect(state(refunded, { status: "cancelled" }).label).toBe("Nothing due");
    const held = { ...refunded, refunded_cents: 50_000, balance_due_cents: -20_000 };
    expect(state(held, { status: "cancelled" }).label).toBe("To refund $200");
    const fee = { charged_cents: 30_000, received_cents: 10_000 };
    expect(state({ ...fee, balance_due_cents: 20_000 }, { status: "cancelled" }).label).toBe("Due $200");
    const more = { ...fee, received_cents: 45_000, balance_due_cents: -15_000 };
    expect(state(more, { status: "cancelled" }).label).toBe("To refund $150");
  });

  test("money that is to clear or not sent yet shows", () => {
    const charter = sampleCharter({
      balance: sampleBalance({ received_cents: 120_000, uncleared_cents: 120_000, balance_due_cents: 0 }),
    });
    const unsent = {
      payment_id: "a",
      event_id: "event-1",
      request: { kind: "tip", method: "cash", amount_cents: 5_000, received_at: "2026-07-01T12:00:00Z", notify: false },
      currency: "USD",
      created_at: "",
      attempts: 0,
      state: "waiting",
      problem: null,
    } as const;
    expect(moneyState(charter, [unsent]).remark).toBe("$1,200 to clear · 1 not sent yet ($50)");
  });
});

test("the statement runs from the fee to the balance due", () => {
  const rows = ledger(120_000, [
    samplePayment({ payment_id: "d", received_at: "2026-07-04T00:00:00Z", kind: "refund", amount_cents: 10_000 }),
    samplePayment({ payment_id: "a", received_at: "2026-07-01T00:00:00Z", amount_cents: 50_000 }),
    samplePayment({ payment_id: "b", received_at: "2026-07-02T00:00:00Z", status: "voided" }),
    samplePayment({ payment_id: "c", received_at: "2026-07-03T00:00:00Z", kind: "tip" }),
  ]);
  expect(rows.map(({ payment, live, balance_due_cents }) => [payment.payment_id, live, balance_due_cents])).toEqual([
    ["a", true, 70_000],
    ["b", false, 70_000],
    ["c", true, 70_000],
    ["d", true, 80_000],
  ]);
});
