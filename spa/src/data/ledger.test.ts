import { expect, test } from "vitest";
import { samplePayment } from "../testing/samples";
import { ledger } from "./ledger";

test("the refund of a tip leaves the balance due alone, as the tip did", () => {
  const rows = ledger(100_000, [
    samplePayment({ payment_id: "tip", kind: "tip", amount_cents: 5_000 }),
    samplePayment({ payment_id: "back", kind: "refund", refund_of: "tip", amount_cents: 5_000 }),
  ]);
  expect(rows.map(({ balance_due_cents }) => balance_due_cents)).toEqual([100_000, 100_000]);
});
