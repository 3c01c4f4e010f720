import { describe, expect, test } from "vitest";
import type { Payment } from "../../data/contract";
import { ledger } from "../../data/ledger";
import { sampleBalance, sampleCharter, samplePayment } from "../../testing/samples";
import {
  amountText,
  balanceName,
  canBounce,
  chargeName,
  cleared,
  payerText,
  relations,
  signedAmount,
  undone,
} from "./statement-text";

const UTC = "UTC";
const act = { at: "2026-07-02T14:30:00Z", by: "ben", reason: "Typed twice" };

test("what counts no more says who, when and why", () => {
  const voided = samplePayment({ status: "voided", void: act });
  expect(undone(voided, UTC)).toMatch(/^Voided Thu, Jul 2, 2:30\sPM by ben: Typed twice$/);
  const bounced = samplePayment({ status: "bounced", bounce: { ...act, reason: "No funds" } });
  expect(undone(bounced, UTC)).toMatch(/^Bounced Thu, Jul 2, 2:30\sPM by ben: No funds$/);
});

test("clearing shows its day, unless it was at once", () => {
  const at = "2026-07-01T12:00:00Z";
  expect(cleared(samplePayment({ status: "received" }), UTC)).toBe("To clear");
  expect(cleared(samplePayment({ status: "cleared", cleared_at: at }), UTC)).toBe("Cleared");
  const later = samplePayment({ status: "cleared", cleared_at: "2026-07-05T12:00:00Z" });
  expect(cleared(later, UTC)).toMatch(/^Cleared Sun, Jul 5/);
});

describe("relations", () => {
  const deposit = samplePayment({ payment_id: "d", kind: "deposit", method: "zelle", reference: "90312" });

  const texts = (payment: Payment, payments: Payment[]) => relations(payment, payments, UTC).map(({ text }) => text);

  test("a corrected payment and the one in its place name each other", () => {
    const old = samplePayment({
      ...{ payment_id: "old", amount_cents: 48_000, status: "voided", void: { ...act, reason: "Typing error" } },
      corrected_by: { event_id: "event-1", payment_id: "new" },
    });
    const corrects = { event_id: "event-1", payment_id: "old", reason: "Typing error" };
    const right = samplePayment({ payment_id: "new", amount_cents: 84_000, corrects });
    expect(undone(old, UTC)).toMatch(/^Corrected Thu, Jul 2, 2:30\sPM by ben: Typing error$/);
    expect(relations(old, [old, right], UTC)).toEqual([
      {
        text: expect.stringMatching(/^In its place: the balance of \$840.00 cash/),
        ...{ event_id: "event-1", payment_id: "new" },
      },
    ]);
    expect(texts(right, [old, right])).toEqual([expect.stringMatching(/^Corrects the balance of \$480.00 cash/)]);
  });

  test("a moved payment leads to the other charter, from both sides", () => {
    const corrected_by = { event_id: "event-2", payment_id: "there" };
    const gone = samplePayment({ payment_id: "here", status: "voided", void: act, corrected_by });
    const corrects = { event_id: "event-1", payment_id: "here", reason: "Wrong charter" };
    const there = samplePayment({ event_id: "event-2", payment_id: "there", corrects });
    expect(undone(gone, UTC)).toMatch(/^Moved /);
    expect(relations(gone, [gone], UTC)).toEqual([{ text: "It counts for another charter", ...corrected_by }]);
    expect(relations(there, [there], UTC)).toEqual([
      { text: "Moved here from another charter", event_id: "event-1", payment_id: "here" },
    ]);
  });

  test("a refund names the payment that it gives back", () => {
    const refund = samplePayment({ kind: "refund", refund_of: "d" });
    expect(texts(refund, [deposit, refund])).toEqual([
      expect.stringMatching(/^Gives back the deposit of \$500.00 Zelle 90312, Wed, Jul 1, 12:00\sPM$/),
    ]);
  });

  test("a deliberate second one names the first", () => {
    const second = samplePayment({ duplicate_of: "d" });
    expect(texts(second, [deposit])[0]).toMatch(/^Logged deliberately beside the deposit of/);
    expect(texts(second, [])).toEqual(["Logged deliberately beside another payment"]);
  });

  test("most payments have none", () => {
    expect(relations(deposit, [deposit], UTC)).toEqual([]);
  });
});

test("amounts show what they do to the balance due; tips do nothing to it", () => {
  const rows = ledger(100_000, [
    samplePayment({ payment_id: "a" }),
    samplePayment({ payment_id: "b", kind: "refund", refund_of: "a" }),
    samplePayment({ payment_id: "c", kind: "tip" }),
    samplePayment({ payment_id: "d", kind: "refund", refund_of: "c" }),
    samplePayment({ payment_id: "e", status: "voided" }),
  ]);
  expect(rows.map(signedAmount)).toEqual(["−$500.00", "+$500.00", "$500.00", "$500.00", "$500.00"]);
  expect(rows.at(-1)?.balance_due_cents).toBe(100_000);
  const check = samplePayment({ method: "check", reference: "1042" });
  expect(amountText(check)).toBe("$500.00 check 1042");
});

test("a refund goes to somebody, all else comes from them", () => {
  expect(payerText(samplePayment())).toBe(", from Ana Reyes");
  expect(payerText(samplePayment({ kind: "refund" }))).toBe(", to Ana Reyes");
  expect(payerText(samplePayment({ payer: "" }))).toBe("");
});

test("a cancelled charter is charged nothing but its cancellation fee", () => {
  const balance = sampleBalance({ charged_cents: 0, received_cents: 70_000, balance_due_cents: -70_000 });
  const cancelled = sampleCharter({ status: "cancelled", balance });
  expect([chargeName(cancelled), balanceName(cancelled)]).toEqual(["Charter fee, not charged: cancelled", "To refund"]);
  const settled = { ...cancelled, balance: { ...balance, refunded_cents: 70_000, balance_due_cents: 0 } };
  expect(balanceName(settled)).toBe("Nothing due");
  const fee = sampleBalance({ charged_cents: 30_000, balance_due_cents: 30_000 });
  const owing = { ...cancelled, balance: fee };
  expect([chargeName(owing), balanceName(owing)]).toEqual(["Cancellation fee", "Balance due"]);
  const scheduled = sampleCharter();
  expect([chargeName(scheduled), balanceName(scheduled)]).toEqual(["Charter fee", "Balance due"]);
  expect(balanceName({ ...settled, status: "scheduled", balance })).toBe("Overpaid");
});

test("neither cash nor a refund can bounce", () => {
  expect(canBounce(samplePayment({ method: "check" }))).toBe(true);
  expect(canBounce(samplePayment({ method: "cash" }))).toBe(false);
  expect(canBounce(samplePayment({ method: "check", kind: "refund" }))).toBe(false);
});
