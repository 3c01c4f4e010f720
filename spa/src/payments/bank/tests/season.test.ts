import { expect, test } from "vitest";
import { distinctRows } from "../matching/distinct";
import { propose } from "../matching/propose";
import { readStatement } from "../statement-file/read";
import type { Movement } from "./month";
import { Random } from "./random";
import { type Season, season, truthOf } from "./season";
import { type Writer, writers } from "./writers";

const SEEDS = Number(process.env.BANK_SEEDS ?? 4);
const MONTHS = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"];
const banks = writers.filter(({ methods }) => methods.includes("zelle") || methods.includes("bank_transfer"));
const venmo = writers.find(({ format }) => format === "venmo") as Writer;
const named = banks.map((bank, index) => [`${bank.format} ${index}`, bank] as const);

test.each(named)("%s: over whole seasons the first proposal is right for at least 95 of 100 payments", (_, bank) => {
  let right = 0;
  let all = 0;
  let sure = 0;
  let surelyWrong = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new Random(seed * 104_729);
    const made = season(random, bank.methods);
    const truth = truthOf(made);
    const found = proposed(made, bank, random);
    for (const { payment_id } of made.payments) {
      all++;
      const first = found.get(payment_id);
      const isRight = first?.what === truth.get(payment_id);
      if (isRight) right++;
      if (first?.isSure) sure++;
      if (first?.isSure && !isRight) surelyWrong++;
    }
  }
  if (process.env.BANK_SEEDS)
    console.log(
      `${bank.format}: ${((100 * right) / all).toFixed(2)} of 100, of ${all}; sure ${sure}, of them wrong ${surelyWrong}`,
    );
  expect(right / all).toBeGreaterThanOrEqual(0.95);
  // These clear with one tap for all of them.
  expect(surelyWrong / sure).toBeLessThan(0.005);
});

/** By payment what it is proposed to be, from a file a month of the bank's and of Venmo's. */
function proposed({ bank: moved, venmo: cashed, payments }: Season, bank: Writer, random: Random) {
  const files = [
    ...inMonths(moved).map((month) => bank.write(month, random)),
    ...inMonths(cashed).map((month) => venmo.write(month, random)),
  ];
  const rows = distinctRows(
    files.map((bytes) => {
      const { rows, format } = readStatement(bytes, "USD");
      return rows.map((row) => ({ ...row, file: "file", source: format }));
    }),
  );
  const { proposals } = propose(rows, payments, "UTC");
  return new Map(
    proposals.flatMap(({ act, row, payments, sureness }) => {
      const what = `${act} ${row.date} ${row.amount_cents}`;
      return payments.map(({ payment_id }) => [payment_id, { what, isSure: sureness === "sure" }] as const);
    }),
  );
}

function inMonths(movements: readonly Movement[]): Movement[][] {
  const months = MONTHS.map((month) => movements.filter(({ day }) => day.startsWith(month)));
  return months.filter(({ length }) => length > 0);
}
