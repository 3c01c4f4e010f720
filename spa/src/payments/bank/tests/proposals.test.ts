import { expect, test } from "vitest";
import { propose } from "../matching/propose";
import { readStatement, type Statement } from "../statement-file/read";
import { type Month, type Movement, randomMonth } from "./month";
import { Random } from "./random";
import { type Writer, writers } from "./writers";

const SEEDS = Number(process.env.BANK_SEEDS ?? 30);
const PAYMENTS = 25;

interface Case {
  writer: Writer;
  month: Month;
  statement: Statement;
}

function* cases(writer: Writer): Generator<Case> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new Random(seed * 7919);
    const month = randomMonth(random, random.pick(writer.methods), PAYMENTS);
    const bytes = writer.write(month.movements, random);
    yield { writer, month, statement: readStatement(bytes, "USD") };
  }
}

const named = writers.map((writer, index) => [`${writer.format} ${index}`, writer] as const);

test.each(named)("%s: each row comes back with its day, its amount and its kind", (_, writer) => {
  for (const { month, statement } of cases(writer)) {
    expect(statement.format).toBe(writer.format);
    const read = statement.rows.map(({ date, amount_cents, kind }) => `${date} ${amount_cents} ${kind}`).sort();
    const written = month.movements.map((movement) => asWritten(writer, movement)).sort();
    expect(read).toEqual(written);
    if (writer.balanced) expect(statement.difference_cents).toBe(0);
  }
});

/** Venmo and Square print no fees of a bank; Stripe pays out, and Square only sells. */
function asWritten({ format }: Writer, { day, cents, kind }: Movement): string {
  const bySign = cents > 0 ? "credit" : "debit";
  const isSale = format === "square" && (kind === "fee" || kind === "transfer");
  const isMoved = format === "venmo" && kind === "fee";
  const signed = format === "stripe" && kind === "transfer" ? -Math.abs(cents) : cents;
  return `${day} ${signed} ${isSale ? bySign : isMoved ? "transfer" : kind}`;
}

test.each(named)("%s: the first proposal is right for at least 95 of 100 payments", (_, writer) => {
  let right = 0;
  let all = 0;
  for (const { month, statement } of cases(writer)) {
    const found = proposedRows(statement, month);
    for (const { payment_id } of month.payments) {
      all++;
      if (found.get(payment_id) === expectedRow(month, payment_id)) right++;
    }
  }
  expect(right / all).toBeGreaterThanOrEqual(0.95);
});

/** By payment: what it is proposed to be, as `clear 2026-10-05 60000`. */
function proposedRows(statement: Statement, month: Month): Map<string, string> {
  const rows = statement.rows.map((row) => ({ ...row, file: "file" }));
  const { proposals } = propose(rows, month.payments, "UTC");
  return new Map(
    proposals.flatMap(({ act, row, payments }) =>
      payments.map(({ payment_id }) => [payment_id, `${act} ${row.date} ${row.amount_cents}`] as const),
    ),
  );
}

function expectedRow({ movements }: Month, payment_id: string): string | undefined {
  const own = movements.filter(({ payments }) => payments.includes(payment_id));
  const last = own.find(({ kind }) => kind === "returned") ?? own[0];
  return last && `${last.kind === "returned" ? "bounce" : "clear"} ${last.day} ${last.cents}`;
}
