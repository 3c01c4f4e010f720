import { type Notation, notationIn, readAmount } from "../amounts";
import { bankLine } from "../bank-line";
import { type DayOrder, orderIn, readDay } from "../days";
import { kindOf } from "../kinds";
import type { Draft, DraftRow, RowKind } from "../rows";
import { type NamedTable, readRows, type Table, tableBelow } from "../tables";

const COLUMNS = ["Details", "Posting Date", "Description", "Amount", "Type", "Balance"];
const CARD_COLUMNS = ["Transaction Date", "Post Date", "Description", "Category", "Type", "Amount"];
const KINDS: Readonly<Record<string, RowKind>> = {
  ACCT_XFER: "transfer",
  DEPOSIT_RETURN: "returned",
  FEE_TRANSACTION: "fee",
};
/** Of a card of our own: what is paid to it comes from our account. */
const CARD_KINDS: Readonly<Record<string, RowKind>> = { payment: "transfer", fee: "fee" };

/** Chase's export of an account or a card, newest first; null for any other table. */
export function readChase(table: Table, currency: string): Draft | null {
  const account = tableBelow(table, COLUMNS);
  const named = account ?? tableBelow(table, CARD_COLUMNS);
  if (!named) return null;
  const order = orderIn(named.cells(account ? "Posting Date" : "Post Date"));
  const notation = notationIn(named.cells("Amount", "Balance"), currency);
  const read = account ? readRow : readCardRow;
  const written = { currency, order, notation };
  return { rows: readRows(named.rows, named, currency, (row) => read(row, named, written)), newest_first: true };
}

/** How the file writes its days and its amounts. */
interface Written {
  currency: string;
  order: DayOrder;
  notation: Notation;
}

/** A pending row has no balance yet. */
function readRow(row: readonly string[], { cell }: NamedTable, { currency, order, notation }: Written): DraftRow {
  const text = cell(row, "Description");
  const amount_cents = readAmount(cell(row, "Amount"), currency, notation);
  const balance = cell(row, "Balance");
  const type = cell(row, "Type");
  const line = bankLine({
    text,
    date: readDay(cell(row, "Posting Date"), order),
    amount_cents,
    balance_cents: readAmount(balance, currency, notation),
    currency,
    kind: balance === "" ? "pending" : (KINDS[type] ?? kindWithoutType(type, text, amount_cents ?? 0)),
  });
  const slip = cell(row, "Check or Slip #");
  const isDeposit = type.endsWith("DEPOSIT") && (amount_cents ?? 0) > 0 && line.method !== "cash";
  return {
    ...line,
    method: isDeposit ? "check" : line.method,
    reference: slip !== "" && line.counterparty === "" ? slip : line.reference,
  };
}

/** The bank's fees have their types; whom somebody pays may be called anything. */
function kindWithoutType(type: string, text: string, cents: number): RowKind | undefined {
  const byText = kindOf(text, "", cents);
  const isPaid = type !== "MISC_DEBIT" && byText === "fee";
  const isBought = type === "DEBIT_CARD" && byText === "returned";
  return isPaid || isBought ? "debit" : undefined;
}

function readCardRow(row: readonly string[], { cell }: NamedTable, { currency, order, notation }: Written): DraftRow {
  const amount_cents = readAmount(cell(row, "Amount"), currency, notation);
  const bySign = (amount_cents ?? 0) > 0 ? "credit" : "debit";
  const line = bankLine({
    text: cell(row, "Description"),
    date: readDay(cell(row, "Post Date"), order),
    amount_cents,
    currency,
    kind: CARD_KINDS[cell(row, "Type").toLowerCase()] ?? bySign,
  });
  return { ...line, method: "card" };
}
