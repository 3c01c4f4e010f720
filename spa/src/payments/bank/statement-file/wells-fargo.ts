import { readAmount } from "./amounts";
import { bankLine } from "./bank-line";
import { readDay } from "./days";
import type { Draft } from "./rows";
import type { Table } from "./tables";

/** Wells Fargo's export, newest first: date, amount, `*`, check, text, without names of columns; null for other tables. */
export function readWellsFargo(table: Table, currency: string): Draft | null {
  const rows = table.filter((row) => row[2] === "*" && row.length >= 5);
  const isOurs = rows.length > 0 && rows.length >= table.length - 1;
  if (!isOurs) return null;
  return {
    newest_first: true,
    rows: rows.map(([date = "", amount = "", , check = "", text = ""]) => {
      const line = bankLine({ text, date: readDay(date, "mdy"), amount_cents: readAmount(amount, currency), currency });
      return check !== "" && line.counterparty === "" ? { ...line, reference: check } : line;
    }),
  };
}
