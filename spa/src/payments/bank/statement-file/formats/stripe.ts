import { type Notation, notationIn, readAmount } from "../amounts";
import { type DayOrder, orderIn, readDay } from "../days";
import type { Draft, DraftRow, RowKind } from "../rows";
import { type NamedTable, readRows, type Table, tableBelow } from "../tables";

const COLUMNS = ["id", "Type", "Amount", "Fee", "Net", "Currency"];
const CREATED = ["Created (UTC)", "Created date (UTC)", "Created"];
const METADATA = / \(metadata\)$/;
const NAME = /name|payer|customer/;

/** Stripe's balance history; null for any other table. What the patron paid counts, Stripe's fee stands apart. */
export function readStripe(table: Table, currency: string): Draft | null {
  const named = tableBelow(table, COLUMNS);
  if (!named) return null;
  const order = orderIn(named.rows.map((row) => named.cell(row, ...CREATED)));
  const notation = notationIn(named.cells("Amount", "Fee", "Net"), currency);
  return { rows: readRows(named.rows, named, currency, (row) => readRow(row, named, currency, order, notation)) };
}

function readRow(
  row: readonly string[],
  { cell, names }: NamedTable,
  fallback: string,
  order: DayOrder,
  notation: Notation,
): DraftRow {
  const currency = cell(row, "Currency").toUpperCase() || fallback;
  const amount_cents = readAmount(cell(row, "Amount"), currency, notation);
  const charged_cents = readAmount(cell(row, "Fee"), currency, notation);
  const metadata = names.filter((name) => METADATA.test(name));
  const first = (columns: readonly string[]) =>
    columns.map((name) => cell(row, name)).find((text) => text !== "") ?? "";
  const counterparty = first(metadata.filter((name) => NAME.test(name))) || cell(row, "Customer Name", "Card Name");
  const reference = first(metadata.filter((name) => !NAME.test(name))) || cell(row, "Description");
  return {
    bank_id: cell(row, "id"),
    date: readDay(cell(row, ...CREATED), order),
    amount_cents,
    balance_cents: null,
    counterparty,
    reference,
    kind: kindOf(cell(row, "Type").toLowerCase(), amount_cents ?? 0),
    currency,
    method: "card",
    text: [counterparty, reference, cell(row, "Description")].join(" ").trim(),
    ...(charged_cents === null ? {} : { fee_cents: charged_cents === 0 ? 0 : -charged_cents }),
  };
}

function kindOf(type: string, cents: number): RowKind {
  if (type.endsWith("fee")) return "fee";
  if (/^(?:payout|transfer|topup)/.test(type)) return "transfer";
  // Above zero it is a dispute that was won.
  if (cents < 0 && /^adjustment|dispute|failure|reversal/.test(type)) return "returned";
  return cents > 0 ? "credit" : "debit";
}
