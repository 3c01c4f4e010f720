import { type Notation, notationIn, readAmount } from "../amounts";
import { type DayOrder, orderIn, readDay } from "../days";
import { type Draft, type DraftRow, RefusedFile, type RowKind } from "../rows";
import { type NamedTable, readRows, type Table, tableBelow } from "../tables";

const COLUMNS = ["ID", "Datetime", "Type", "Status", "From", "To", "Amount (total)"];
const DONE = new Set(["complete", "issued"]);
/** What a spreadsheet keeps of a long number. */
const KEPT_DIGITS = 15;

/** Venmo's statement: a line with the opening balance, the rows, a line with the closing one. Null for other tables. */
export function readVenmo(table: Table, currency: string): Draft | null {
  const named = tableBelow(table, COLUMNS);
  if (!named) return null;
  const { cell } = named;
  const isRow = (row: readonly string[]) => cell(row, "ID") !== "" || cell(row, "Amount (total)") !== "";
  const printed = named.rows.filter(isRow);
  const order = orderIn(printed.map((row) => cell(row, "Datetime")));
  const figures = named.cells("Amount (total)", "Amount (fee)", "Beginning Balance", "Ending Balance");
  const notation = notationIn(figures, currency);
  const rows = readRows(printed, named, currency, (row) => readRow(row, named, currency, order, notation));
  refuseSpoiledIds(rows.map(({ bank_id }) => bank_id));
  const balance = (name: string) => {
    const texts = named.rows.filter((row) => !isRow(row)).map((row) => cell(row, name));
    return readAmount(texts.find((text) => text !== "") ?? "", currency, notation);
  };
  return { rows, opening_cents: balance("Beginning Balance"), closing_cents: balance("Ending Balance") };
}

function readRow(
  row: readonly string[],
  { cell }: NamedTable,
  currency: string,
  order: DayOrder,
  notation: Notation,
): DraftRow {
  const amount = cell(row, "Amount (total)");
  const amount_cents = readAmount(amount, currency, notation);
  const fee = cell(row, "Amount (fee)");
  const kept_cents = Math.abs(readAmount(fee, currency, notation) ?? 0);
  const comes = amount_cents === null ? !amount.startsWith("-") : amount_cents > 0;
  const type = cell(row, "Type");
  // Who charges is asked for the money: it comes to From. Who pays gives it: it comes to To.
  const givenBy = type === "Charge" ? cell(row, "To") : cell(row, "From");
  const takenBy = type === "Charge" ? cell(row, "From") : cell(row, "To");
  const counterparty = comes ? givenBy : takenBy;
  const reference = cell(row, "Note").replace(/\s+/g, " ");
  const source = cell(row, "Funding Source");
  const outside = source !== "" && source.toLowerCase() !== "venmo balance";
  return {
    bank_id: cell(row, "ID").replace(/[="'\s]/g, ""),
    date: readDay(cell(row, "Datetime"), order),
    amount_cents,
    balance_cents: null,
    counterparty,
    reference,
    kind: kindOf(type, cell(row, "Status"), comes),
    currency,
    method: "venmo",
    text: [counterparty, reference].join(" ").trim(),
    ...(outside ? { outside_balance: true } : {}),
    // Printed with a sign or without; a plus gives it back.
    ...(kept_cents > 0 ? { fee_cents: fee.startsWith("+") ? kept_cents : -kept_cents } : {}),
  };
}

function kindOf(type: string, status: string, comes: boolean): RowKind {
  if (!DONE.has(status.toLowerCase())) return "pending";
  if (/transfer/i.test(type)) return "transfer";
  if (!comes && /revers|dispute|chargeback/i.test(type)) return "returned";
  return comes ? "credit" : "debit";
}

/** Without their ids two payments could not be told apart. */
function refuseSpoiledIds(ids: readonly string[]): void {
  const long = ids.filter((id) => id.length > KEPT_DIGITS);
  const rounded = long.length > 1 && long.every((id) => /^0+$/.test(id.slice(KEPT_DIGITS)));
  if (rounded || ids.some((id) => /^\d(?:[.,]\d+)?e\+?\d+$/i.test(id))) {
    throw new RefusedFile(
      "A spreadsheet has shortened the ids of this Venmo file. Download it again and drop it here without opening it.",
    );
  }
}
