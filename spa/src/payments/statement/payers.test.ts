import { expect, test } from "vitest";
import { samplePayment } from "../../testing/samples";
import { payers } from "./payers";

test("several payers: each with what is left of what they paid", () => {
  const at = (hour: number) => `2026-07-01T${hour}:00:00Z`;
  expect(
    payers([
      samplePayment({ payment_id: "a", payer: "Ana", amount_cents: 40_000, received_at: at(10) }),
      samplePayment({ payment_id: "b", payer: "Ben", amount_cents: 30_000, received_at: at(11) }),
      samplePayment({ payment_id: "c", payer: "Cy", amount_cents: 9_000, status: "voided" }),
      samplePayment({ payment_id: "d", payer: "Dee", amount_cents: 5_000, kind: "tip" }),
      samplePayment({
        payment_id: "e",
        payer: "Ben's wife",
        kind: "refund",
        refund_of: "b",
        amount_cents: 10_000,
        received_at: at(12),
      }),
    ]),
  ).toEqual([
    { payer: "Ana", paid_cents: 40_000 },
    { payer: "Ben", paid_cents: 20_000 },
  ]);
});

test("one payer in two spellings is one, under the first", () => {
  const paid = ["José O’Neil", "JOSE O'NEIL", "Ana"].map((payer, number) =>
    samplePayment({
      payment_id: `p${number}`,
      payer,
      amount_cents: 10_000,
      received_at: `2026-07-01T1${number}:00:00Z`,
    }),
  );
  expect(payers(paid)).toEqual([
    { payer: "José O’Neil", paid_cents: 20_000 },
    { payer: "Ana", paid_cents: 10_000 },
  ]);
});
