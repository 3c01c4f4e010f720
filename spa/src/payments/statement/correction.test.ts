import { describe, expect, test } from "vitest";
import { samplePayment } from "../../testing/samples";
import { answerTo, correctionForm, readCorrection } from "./correction";

const ZONE = "America/New_York";
const NOW = new Date("2026-07-05T12:00:00Z");
const check = samplePayment({ payment_id: "old", method: "check", reference: "1042", amount_cents: 48_000 });

describe("a correction", () => {
  const read = (change: object, payment = check) =>
    readCorrection({ ...correctionForm(payment, ZONE), ...change }, payment, ZONE, NOW);
  const corrects = { payment_id: "old", reason: "Typing error" };

  test("sends the figure alone, and asks about it as a new payment would", () => {
    expect(read({ amount: "840" }).body).toEqual({
      ...{ corrects, amount_cents: 84_000, notify: true },
      ...{ ask_if_duplicate: true, ask_if_unusual: true },
    });
  });

  test.each([
    [{ method: "zelle" }, { method: "zelle", ask_if_duplicate: true, ask_if_unusual: true }],
    [{ kind: "deposit" }, { kind: "deposit", ask_if_duplicate: true, ask_if_unusual: true }],
    [{ reference: " 1043 " }, { reference: "1043" }],
    [{ reference: "" }, { reference: "" }],
    [{ payer: "Ben Carter" }, { payer: "Ben Carter" }],
    [{ received: "2026-06-30T09:00" }, { received_at: "2026-06-30T13:00:00Z" }],
    [
      { payer: "Ben", notify: false },
      { payer: "Ben", notify: false },
    ],
  ])("of %j sends what is changed and no more", (change, sent) => {
    expect(read(change).body).toEqual({ corrects, notify: true, ...sent });
  });

  test.each([
    [{}, "amount_cents"],
    [{ amount: "480.00" }, "amount_cents"],
    [{ amount: "12,50" }, "amount_cents"],
    [{ amount: "0" }, "amount_cents"],
    [{ amount: "840", reason: "  " }, "reason"],
    [{ received: "2026-07-09T09:00" }, "received_at"],
    [{ received: "2026-03-08T02:30" }, "received_at"],
  ])("of %j is refused at %s before it is sent", (change, field) => {
    const { body, errors } = read(change);
    expect(body).toBeUndefined();
    expect(Object.keys(errors ?? {})).toEqual([field]);
  });

  test("of a refund is not asked about: there is nothing due that it could be compared with", () => {
    const refund = samplePayment({ payment_id: "old", kind: "refund", refund_of: "paid" });
    expect(read({ amount: "20" }, refund).body).toEqual({ corrects, amount_cents: 2_000, notify: true });
  });

  test("that the server asks about goes on with the answer, and with nothing else", () => {
    expect(answerTo("UnusualAmount", null)).toEqual({ unusual_ok: true });
    expect(answerTo("PossibleDuplicate", check)).toEqual({ duplicate_of: "old", unusual_ok: true });
    expect(answerTo("PossibleDuplicate", null)).toBeNull();
    expect(answerTo("PaymentConflict", null)).toBeNull();
  });
});
