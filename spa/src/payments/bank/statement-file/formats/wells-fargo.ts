import { notationIn, readAmount } from "../amounts";
import { bankLine } from "../bank-line";
import { orderIn, readDay } from "../days";
import { isRemark } from "../remarks";
import type { Draft } from "../rows";
import type { Table } from "../tables";

type Cells = readonly string[];

/** Wells Fargo's export, newest first: date, amount, `*`, check, text, without names of columns; null for other tables. */
export function readWellsFargo(table: Table, currency: string): Draft | null {
  const rows = table.filter((row) => !isRemark(row) && !isHead(row));
  if (rows.filter(isMarked).length * 2 <= rows.length) return null;
  const order = orderIn(rows.map(([date = ""]) => date));
  const notation = notationIn(
    rows.map(([, amount = ""]) => amount),
    currency,
  );
  return {
    newest_first: true,
    rows: rows.map(([date = "", amount = "", , check = "", text = ""]) => {
      const amount_cents = readAmount(amount, currency, notation);
      const line = bankLine({ text, date: readDay(date, order), amount_cents, currency });
      return check !== "" && line.counterparty === "" ? { ...line, reference: check } : line;
    }),
  };
}

function isHead([first = ""]: Cells): boolean {
  return /^(?:posted |transaction )?date$/i.test(first);
}

function isMarked(row: Cells): boolean {
  return row[2] === "*" && row.length >= 5;
}
