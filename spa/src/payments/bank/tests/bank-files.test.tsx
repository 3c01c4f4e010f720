import { afterEach, test } from "vitest";
import { lastSaved } from "../../../data/device-outbox";
import * as session from "../../../data/session";
import { json, setUpApp } from "../../../testing/app";
import { sampleCharter, samplePayment, sampleTotals } from "../../../testing/samples";
import { bytes, CHASE } from "./small-files";

const app = setUpApp();

afterEach(() => {
  lastSaved.value = null;
});

test("what is logged as one in several payments is proposed at once, each of them", async () => {
  app.handle = () => json(200, { payments: [], totals: sampleTotals(), next_cursor: null });
  session.begin("t1", false);
  app.open("/payments/to-clear");
  await app.says("Add a bank file");
  const rows = ["ANA RUIZ", "KAI BERG"].map(
    (name, index) => `CREDIT,10/11/2026,"Zelle payment from ${name}",${500 + index}.00,QUICKPAY_CREDIT,5.00,,`,
  );
  const input = app.root.querySelector<HTMLInputElement>("input[type=file]") as HTMLInputElement;
  const file = new File([bytes([CHASE, ...rows].join("\n"))], "october.csv");
  Object.defineProperty(input, "files", { value: [file] });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await app.says("At the bank, not logged, 2");
  const [ana, kai] = ["Ana Ruiz", "Kai Berg"].map((payer, index) =>
    samplePayment({
      payment_id: `payment-${index}`,
      method: "zelle",
      payer,
      amount_cents: 50_000 + 100 * index,
      received_at: "2026-10-10T18:00:00Z",
    }),
  );
  if (ana && kai) lastSaved.value = { payment: ana, rest: [kai], event: sampleCharter(), replayed: false };
  await app.says("Sure, 2");
});
