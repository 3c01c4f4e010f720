import { expect, test } from "vitest";
import { keepCharters } from "../../data/charters";
import * as session from "../../data/session";
import { operatorClock } from "../../lib/clock";
import { json, settled, setUpApp } from "../../testing/app";
import { sampleCharter, samplePayment, sampleTotals } from "../../testing/samples";

const app = setUpApp();

test("the times of a ledger are the operator's, each with its zone once, whichever charters the device knows", async () => {
  const row = samplePayment({ received_at: "2026-07-02T02:30:00Z", payer: "Ana Reyes" });
  const page = { payments: [{ ...row, charter: "Sunset sail" }], totals: sampleTotals(), next_cursor: null };
  app.handle = () => json(200, page);
  operatorClock.value = { timezone: "America/Los_Angeles", ahead_ms: 0 };
  session.begin("t1", false);
  app.open("/payments");
  await app.says(/Jul 1(, 2026)?, 7:30\sPM PDTAna Reyes/);
  keepCharters([sampleCharter({ event_id: row.event_id, timezone: "America/New_York" })]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(app.text()).toMatch(/Jul 1(, 2026)?, 7:30\sPM PDTAna Reyes/);
});

test("tips less what was given back and tips as logged each say what they are", async () => {
  const totals = sampleTotals({
    tips_cents: 112_000,
    refunded_cents: 41_000,
    count: 4,
    by_method: { cash: 112_000 },
    by_kind: { deposit: 0, balance: 0, tip: 132_000, refund: 61_000 },
  });
  app.handle = () => json(200, { payments: [], totals, next_cursor: null });
  session.begin("t1", false);
  app.open("/payments");
  await app.says("Given back$410.00Kept−$410.00Tips besides$1,120.00");
  await app.says("By method: what came in less what went out, tips included.Cash$1,120.00");
  await app.says("a tip that was given back counts among tips and refunds.Tips$1,320.00Refunds$610.00");
});

test("a period without payments shows no empty lists", async () => {
  app.handle = () => json(200, { payments: [], totals: sampleTotals(), next_cursor: null });
  session.begin("t1", false);
  app.open("/payments");
  await app.says("Entries0");
  expect(app.text()).not.toContain("By kind");
});

test("a row is found by who paid, how much, its number, its charter and its state", async () => {
  const row = { ...samplePayment({ payer: "Ana Reyes", amount_cents: 48_000 }), charter: "Sunset sail" };
  const other = {
    ...row,
    payment_id: "two",
    method: "check" as const,
    reference: "1042",
    amount_cents: 7_550,
    payer: "Ben",
  };
  const gone = { ...row, payment_id: "three", payer: "Cleo", status: "voided" as const };
  app.handle = () => json(200, { payments: [row, other, gone], totals: sampleTotals(), next_cursor: null });
  session.begin("t1", false);
  app.open("/payments");
  await app.says("Ana Reyes");
  const find = [...app.root.querySelectorAll("label")].find(({ textContent }) => textContent?.startsWith("Find"));
  const shown = async (search: string) => {
    app.type(`#${CSS.escape(find?.htmlFor ?? "")}`, search);
    await settled();
    return [...app.root.querySelectorAll(".ledger .lines-who")].map(({ textContent }) => textContent);
  };
  expect(await shown("1042")).toEqual(["Ben"]);
  expect(await shown("480")).toEqual(["Ana Reyes", "Cleo"]);
  expect(await shown("voided")).toEqual(["Cleo"]);
  expect(await shown("sunset check")).toEqual(["Ben"]);
  expect(await shown("")).toHaveLength(3);
});
