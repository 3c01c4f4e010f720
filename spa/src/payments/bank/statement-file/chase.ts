import { readAmount } from "./amounts";
import { bankLine } from "./bank-line";
import { readDay } from "./days";
import { kindOf } from "./kinds";
import type { Draft, DraftRow, RowKind } from "./rows";
import { type NamedTable, type Table, tableBelow } from "./tables";

const COLUMNS = ["Details", "Posting Date", "Description", "Amount", "Type", "Balance"];
const KINDS: Readonly<Record<string, RowKind>> = {
  ACCT_XFER: "transfer",
  DEPOSIT_RETURN: "returned",
  FEE_TRANSACTION: "fee",
};

/** Chase's export of an account, newest first; null for any other table. A pending row has no balance yet. */
export function readChase(table: Table, currency: string): Draft | null {
  const named = tableBelow(table, COLUMNS);
  return named && { rows: named.rows.map((row) => readRow(row, named, currency)), newest_first: true };
}

function readRow(row: readonly string[], { cell }: NamedTable, currency: string): DraftRow {
  const text = cell(row, "Description");
  const amount_cents = readAmount(cell(row, "Amount"), currency);
  const balance = cell(row, "Balance");
  const type = cell(row, "Type");
  const line = bankLine({
    text,
    date: readDay(cell(row, "Posting Date"), "mdy"),
    amount_cents,
    balance_cents: readAmount(balance, currency),
    currency,
    kind: balance === "" ? "pending" : (KINDS[type] ?? kindWithoutType(text, amount_cents ?? 0)),
  });
  const slip = cell(row, "Check or Slip #");
  const isDeposit = type.endsWith("DEPOSIT") && (amount_cents ?? 0) > 0 && line.method !== "cash";
  return {
    ...line,
    method: isDeposit ? "check" : line.method,
    reference: slip !== "" && line.counterparty === "" ? slip : line.reference,
  };
}

/** The bank's fees and returns have their types. */
function kindWithoutType(text: string, cents: number): RowKind | undefined {
  const byText = kindOf(text, "", cents);
  return byText === "fee" || byText === "returned" ? "debit" : undefined;
}
