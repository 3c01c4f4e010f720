import { expect, test } from "vitest";
import { keepCharters } from "../../data/charters";
import type { ListedPayment } from "../../data/contract";
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

const listed = (payment_id: string, day: string, change: Partial<ListedPayment> = {}): ListedPayment => ({
  ...samplePayment({ payment_id, payer: payment_id, received_at: `2026-07-${day}T12:00:00Z` }),
  charter: "Sunset sail",
  ...change,
});

const payers = () => [...app.root.querySelectorAll(".ledger .lines-who")].map(({ textContent }) => textContent);

test("the newest stands first, though the server lists the oldest first and in pages", async () => {
  const first = { payments: [listed("one", "01"), listed("two", "02")], next_cursor: "more" };
  const last = { payments: [listed("three", "03")], next_cursor: null };
  app.handle = (path) => {
    const page = path.includes("cursor=more") ? last : first;
    return json(200, { ...page, totals: sampleTotals({ count: 3 }) });
  };
  session.begin("t1", false);
  app.open("/payments");
  await app.says("three");
  expect(payers()).toEqual(["three", "two", "one"]);
});

test("a tap on a column's head orders by it, a second one turns it round", async () => {
  const payments = [
    listed("Ben", "01", { amount_cents: 9_900 }),
    listed("Ana", "02", { amount_cents: 120_000 }),
    listed("Cleo", "03", { amount_cents: 30_000, kind: "refund" }),
  ];
  app.handle = () => json(200, { payments, totals: sampleTotals({ count: 3 }), next_cursor: null });
  session.begin("t1", false);
  app.open("/payments");
  await app.says("Cleo");
  const tap = async (name: string) => {
    app.button(name).click();
    await settled();
    return payers();
  };
  expect(await tap("Amount")).toEqual(["Ana", "Ben", "Cleo"]);
  expect(await tap("Amount")).toEqual(["Cleo", "Ben", "Ana"]);
  expect(await tap("From")).toEqual(["Ana", "Ben", "Cleo"]);
  expect(app.root.querySelector("[aria-sort=ascending]")?.textContent).toBe("From");
  expect(await tap("Date")).toEqual(["Cleo", "Ana", "Ben"]);
});

test("a period of too many payments says so, reads one page, and still has its sums", async () => {
  const totals = sampleTotals({ count: 2_001, received_cents: 4_200_000 });
  app.handle = () => json(200, { payments: [listed("one", "01")], totals, next_cursor: "more" });
  session.begin("t1", false);
  app.open("/payments");
  await app.says("too many payments for one list");
  expect(app.text()).toMatch("$42,000.00");
  expect(app.calls.filter(({ path }) => path.includes("cursor"))).toEqual([]);
});
