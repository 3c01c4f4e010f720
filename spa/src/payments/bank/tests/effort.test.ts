import { expect, test } from "vitest";
import { daysLater } from "../../../lib/periods";
import type { FileRow, MatchedPayment } from "../matching/fit";
import { propose } from "../matching/propose";
import { Random } from "./random";

/** How much is looked at where a file has 5 000 rows. */

const START = "2026-10-01";
const ROWS = 5000;

function payment(number: number, day: string, change: Partial<MatchedPayment> = {}): MatchedPayment {
  return {
    ...{ payment_id: `payment-${number}`, kind: "balance", method: "check", amount_cents: 50_000, currency: "USD" },
    ...{ payer: "Ana Ruiz", reference: "", note: "", received_at: `${day}T12:00:00Z`, status: "received" },
    charter: "Sunset sail",
    ...change,
  };
}

function row(number: number, date: string, change: Partial<FileRow> = {}): FileRow {
  return {
    ...{ row_id: `row-${number}`, file: "file", date, amount_cents: 50_000, counterparty: "", reference: "" },
    ...{ kind: "credit", currency: "USD", method: "check", text: "REMOTE ONLINE DEPOSIT" },
    ...change,
  };
}

test("rows are compared only with payments of their amount, their method and their time", () => {
  const random = new Random(3);
  let reads = 0;
  const day = () => daysLater(START, random.whole(0, 364));
  const cents = () => random.whole(1, 40) * 5000;
  const payments = Array.from({ length: 1000 }, (_, number) =>
    Object.defineProperty(payment(number, day(), { method: "zelle", amount_cents: cents() }), "payer", {
      get() {
        reads++;
        return "Ana Ruiz";
      },
    }),
  );
  let dates = 0;
  const rows = Array.from({ length: ROWS }, (_, number) => {
    const date = day();
    const bank = row(number, date, { method: "zelle", amount_cents: cents(), counterparty: "BO STROUD" });
    return Object.defineProperty(bank, "date", {
      get() {
        dates++;
        return date;
      },
    });
  });
  propose(rows, payments, "UTC");
  // Each row and each payment is looked at once; without an order by amount and time it would be 5 000 000 times.
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThanOrEqual(payments.length);
  // Sorting them reads each some dozens of times.
  expect(dates).toBeLessThan(150 * rows.length);
});

const NAMES = ["Ana Ruiz", "Kai Vell", "Bo Stroud", "Tomás Halvorsen", "Mei Okafor", "Zoë Greer", "Ivo Müller"];

test.each<[string, number, (number: number) => Partial<FileRow>, (number: number) => Partial<MatchedPayment>]>([
  ["name nobody", 2500, () => ({}), (number) => ({ payer: NAMES[number % 7] ?? "", reference: `${number}` })],
  ["name nobody, fewer than payments", 6000, () => ({}), () => ({})],
  ["have a number each", 2500, (number) => ({ text: `DEPOSIT ${640_000 + number}` }), () => ({})],
  ["name others each", 2500, (number) => ({ counterparty: `X${number} Y${number}` }), () => ({})],
  [
    "name payers who are not named",
    2500,
    (number) => ({ counterparty: NAMES[number % 7] ?? "" }),
    () => ({ payer: "" }),
  ],
  [
    "are returned, some of them",
    2500,
    (number) => (number % 200 > 0 ? {} : { kind: "returned", amount_cents: -50_000 }),
    () => ({}),
  ],
])("rows of one amount and month that %s are not compared one by one", (_, count, ofRow, ofPayment) => {
  const random = new Random(4);
  const day = () => daysLater(START, random.whole(0, 28));
  const payments = Array.from({ length: count }, (_, number) => payment(number, day(), ofPayment(number)));
  let compared = 0;
  const rows = Array.from({ length: ROWS }, (_, number) =>
    Object.defineProperty(row(number, day(), ofRow(number)), "rejected", {
      get() {
        compared++;
        return undefined;
      },
    }),
  );
  const { proposals, unmatched, missing } = propose(rows, payments, "UTC");
  // Once each to put them in order; one by one it would be four million times.
  expect(compared).toBeGreaterThanOrEqual(ROWS);
  expect(compared).toBeLessThan(60 * ROWS);
  const clears = proposals.filter(({ act }) => act === "clear");
  expect(clears.length + missing.length).toBeLessThanOrEqual(count);
  expect(new Set(clears.map(({ row }) => row)).size).toBe(clears.length);
  expect(new Set([...proposals.map(({ row }) => row), ...unmatched]).size).toBeLessThanOrEqual(ROWS);
});
