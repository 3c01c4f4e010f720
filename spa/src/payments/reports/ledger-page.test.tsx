import { expect, test } from "vitest";
import { keepCharters } from "../../data/charters";
import * as session from "../../data/session";
import { operatorClock } from "../../lib/clock";
import { json, setUpApp } from "../../testing/app";
import { sampleCharter, samplePayment, sampleTotals } from "../../testing/samples";

const app = setUpApp();

test("the times of a ledger are the operator's, each with its zone once, whichever charters the device knows", async () => {
  const row = samplePayment({ received_at: "2026-07-02T02:30:00Z", payer: "Ana Reyes" });
  const page = { payments: [{ ...row, charter: "Sunset sail" }], totals: sampleTotals(), next_cursor: null };
  app.handle = () => json(200, page);
  operatorClock.value = { timezone: "America/Los_Angeles", ahead_ms: 0 };
  session.begin("t1", false);
  app.open("/payments");
  await app.says(/Jul 1(, 2026)?, 7:30\sPM PDT, from Ana Reyes/);
  keepCharters([sampleCharter({ event_id: row.event_id, timezone: "America/New_York" })]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(app.text()).toMatch(/Jul 1(, 2026)?, 7:30\sPM PDT, from Ana Reyes/);
});
