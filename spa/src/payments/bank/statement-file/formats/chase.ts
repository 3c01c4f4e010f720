import { readAmount } from "../amounts";
import { bankLine } from "../bank-line";
import { type DayOrder, orderIn, readDay } from "../days";
import { kindOf } from "../kinds";
import type { Draft, DraftRow, RowKind } from "../rows";
import { type NamedTable, type Table, tableBelow } from "../tables";

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
  if (account) return { rows: readRows(account, "Posting Date", currency, readRow), newest_first: true };
  const card = tableBelow(table, CARD_COLUMNS);
  return card && { rows: readRows(card, "Post Date", currency, readCardRow), newest_first: true };
}

type RowReader = (row: readonly string[], table: NamedTable, currency: string, order: DayOrder) => DraftRow;

function readRows(table: NamedTable, date: string, currency: string, read: RowReader): DraftRow[] {
  const order = orderIn(table.rows.map((row) => table.cell(row, date)));
  return table.rows.map((row) => read(row, table, currency, order));
}

/** A pending row has no balance yet. */
function readRow(row: readonly string[], { cell }: NamedTable, currency: string, order: DayOrder): DraftRow {
  const text = cell(row, "Description");
  const amount_cents = readAmount(cell(row, "Amount"), currency);
  const balance = cell(row, "Balance");
  const type = cell(row, "Type");
  const line = bankLine({
    text,
    date: readDay(cell(row, "Posting Date"), order),
    amount_cents,
    balance_cents: readAmount(balance, currency),
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

function readCardRow(row: readonly string[], { cell }: NamedTable, currency: string, order: DayOrder): DraftRow {
  const amount_cents = readAmount(cell(row, "Amount"), currency);
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
