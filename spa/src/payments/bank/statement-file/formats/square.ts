import { type Notation, notationIn, readAmount } from "../amounts";
import { type DayOrder, orderIn, readDay } from "../days";
import type { Draft, DraftRow, RowKind } from "../rows";
import { type NamedTable, readRows, type Table, tableBelow } from "../tables";

const COLUMNS = ["Date", "Total Collected", "Fees", "Payment ID", "Event Type"];

/** Square's transactions; null for any other table. What the patron paid counts, Square's fee stands apart. */
export function readSquare(table: Table, currency: string): Draft | null {
  const named = tableBelow(table, COLUMNS);
  if (!named) return null;
  const order = orderIn(named.cells("Date"));
  const notation = notationIn(named.cells("Total Collected", "Fees"), currency);
  const rows = readRows(named.rows, named, currency, (row) => readRow(row, named, currency, order, notation));
  return { rows, newest_first: true };
}

function readRow(
  row: readonly string[],
  { cell }: NamedTable,
  currency: string,
  order: DayOrder,
  notation: Notation,
): DraftRow {
  const amount_cents = readAmount(cell(row, "Total Collected"), currency, notation);
  const fee_cents = readAmount(cell(row, "Fees"), currency, notation);
  const counterparty = cell(row, "Customer Name");
  const reference = cell(row, "Description");
  return {
    bank_id: cell(row, "Payment ID"),
    date: readDay(cell(row, "Date"), order),
    amount_cents,
    balance_cents: null,
    counterparty,
    reference,
    kind: kindOf(cell(row, "Event Type"), cell(row, "Transaction Status"), amount_cents ?? 0),
    currency,
    method: "card",
    text: [counterparty, reference].join(" ").trim(),
    ...(fee_cents === null ? {} : { fee_cents }),
  };
}

function kindOf(type: string, status: string, cents: number): RowKind {
  if (status !== "" && status.toLowerCase() !== "complete") return "pending";
  if (cents < 0 && /chargeback|dispute/i.test(type)) return "returned";
  return cents > 0 ? "credit" : "debit";
}
