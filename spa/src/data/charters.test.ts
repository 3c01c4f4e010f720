import { expect, test } from "vitest";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { charters, keepAnswer, keepCharters } from "./charters";

test("a board that was asked for before a payment's answer came does not undo it", () => {
  const due = sampleCharter({ balance: sampleBalance({ balance_due_cents: 120_000 }) });
  const paid = sampleCharter({ balance: sampleBalance({ balance_due_cents: 0 }) });
  const shown = () => charters.value.get(due.event_id)?.balance.balance_due_cents;
  keepCharters([due]);
  const asked_at_ms = performance.now() - 1;
  keepAnswer({ payment: samplePayment({}), event: paid });
  keepCharters([due], asked_at_ms);
  expect(shown()).toBe(0);
  keepCharters([due]);
  expect(shown()).toBe(120_000);
});
