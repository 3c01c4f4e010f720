import { daysBetween } from "../../../lib/periods";
import { isTwoWays, NOTATIONS, type Notation, notationOf, readAmount } from "./amounts";
import { bankLine } from "./bank-line";
import { type DayOrder, isDotted, ordersOf, readDay } from "./days";
import { kindOf, methodOf } from "./kinds";
import { isDate, isRemark, isTotal, printedBalance } from "./remarks";
import type { Draft, DraftRow } from "./rows";
import { isSide, signOf } from "./sides";
import { asItStands, columnName, type Table, usualWidth } from "./tables";

/** Which column of a bank's CSV holds what, by its place; null for what it does not have. */
export interface Columns {
  date: number;
  /** Money in above zero and money out below, or null where they stand apart. */
  amount: number | null;
  credit: number | null;
  debit: number | null;
  /** Says whether an amount without a sign came or left: `CR` and `DR`. */
  side: number | null;
  name: number | null;
  purpose: number | null;
  currency: number | null;
  balance: number | null;
  order: DayOrder;
  /** Null when nothing tells it and nobody has been asked: `1,234` alone. */
  notation: Notation | null;
}

export interface Sheet {
  /** Names of the columns, or `Column 1`… where the file has none. */
  names: readonly string[];
  /** How many cells a row has at most: what stands further right has been parted by a sign within a cell. */
  width: number;
  rows: Table;
  /** Lines that are no rows of money: balances, sums, sentences. */
  remarks: Table;
}

const NAMES: readonly [keyof Columns, RegExp][] = [
  ["date", /^(?:(?:transaction|booking|posting|posted|post|effective|created) )?date$|^created\b|^(?:buchungstag|buchungsdatum|datum|fecha|data)\b|^date\b/],
  ["balance", /\b(?:balance|bal)\b(?! transaction)|saldo|solde|kontostand/],
  ["currency", /^(?:currency|ccy|währung|moneda|devise)$/],
  ["debit", /^(?:debits?|withdrawals?|money out|paid out|out|soll|belastung|ausgang|cargo|débit)\b(?!\/)/],
  ["credit", /^(?:credits?|deposits?|money in|paid in|in|haben|gutschrift|eingang|abono|crédit)\b(?!\/)/],
  ["amount", /^(?:transaction )?(?:amount|betrag|importe|montant|sum|gross)\b|^value$/],
  ["name", /^(?:name|payee|payer|counterparty|beneficiary|customer|merchant|who|sender|wer|zahler|auftraggeber|empfänger|nombre|nom)\b|(?:payer|payee|party|(?<!account )name)$/],
  ["purpose", /purpose|description|memo|details|reference|narrative|note|text|verwendungszweck|concepto|libellé/],
]; // biome-ignore format: one row a column

/** Splits a table into its names of columns and its rows; null when nothing in it looks like rows of money. */
export function sheetOf(table: Table): Sheet | null {
  const first = firstRow(table);
  if (first === null) return null;
  const head = table[first - 1];
  const width = Math.max(head?.length ?? 0, table[first]?.length ?? 0);
  const isNamed = head !== undefined && head.length >= Math.min(width, 3) && !head.some(isDate);
  const names = Array.from({ length: width }, (_, index) => (isNamed && head[index]) || `Column ${index + 1}`);
  const below = table.slice(first).filter((row) => row.join() !== head?.join());
  // What is much shorter than a row and has no day is a sentence of the bank.
  const isRow = (row: readonly string[]) =>
    (row.length >= Math.min(width - 1, 3) || row.some(isDate)) && !isRemark(row);
  const above = table.slice(0, isNamed ? first - 1 : first);
  const [rows, others] = [below.filter(isRow), below.filter((row) => !isRow(row))];
  const most = Math.max(isNamed ? head.length : 0, usualWidth(rows).width);
  return { names, width: most, rows, remarks: [...above, ...others] };
}

/** Below the names of columns. Where they are not known as such, the first row of those that have a day or an amount. */
function firstRow(table: Table): number | null {
  const readable = table.findIndex((row) => row.some(isDate) && row.some(isFigure) && !isRemark(row));
  if (readable < 0) return null;
  const head = table.slice(0, readable).findLastIndex(isHead);
  if (head >= 0) return head + 1;
  const width = table[readable]?.length ?? 0;
  let first = readable;
  // The first rows may be those that cannot be read.
  while (first > 0 && isLikeRow(table[first - 1] ?? [], width)) first--;
  return first;
}

function isHead(row: readonly string[]): boolean {
  const has = (role: keyof Columns) => {
    const pattern = NAMES.find(([named]) => named === role)?.[1];
    return row.some((cell) => pattern?.test(columnName(cell)));
  };
  return has("date") && (has("amount") || (has("debit") && has("credit")));
}

function isLikeRow(row: readonly string[], width: number): boolean {
  return row.length >= width - 1 && row.some((cell) => isDate(cell) || isFigure(cell)) && !isRemark(row);
}

function isFigure(text: string): boolean {
  return /\d/.test(text) && !isDate(text) && NOTATIONS.some((notation) => readAmount(text, "USD", notation) !== null);
}

/** The likely meaning of each column, from its name and from what stands in it. */
export function guessColumns({ names, rows }: Sheet, currency: string): Columns | null {
  const found: Partial<Record<keyof Columns, number>> = {};
  const sides = names.map((_, index) => index).filter((index) => isSide(rows.map((row) => row[index] ?? "")));
  const taken = new Set<number>(sides);
  for (const [role, pattern] of NAMES) {
    const index = names.findIndex((name, index) => !taken.has(index) && pattern.test(columnName(name)));
    if (index < 0) continue;
    found[role] = index;
    taken.add(index);
  }
  const cells = (index: number) => rows.map((row) => row[index] ?? "").filter((text) => text !== "");
  const free = () => names.map((_, index) => index).filter((index) => !taken.has(index) && cells(index).length > 0);
  const take = (index: number | undefined) => {
    if (index !== undefined) taken.add(index);
    return index ?? null;
  };
  const mostly = (index: number, test: (text: string) => boolean) =>
    cells(index).filter(test).length * 2 >= cells(index).length;
  const date = found.date ?? take(free().find((index) => mostly(index, isDate)));
  if (date === null) return null;
  const apart = found.debit !== undefined && found.credit !== undefined;
  const amount = apart ? null : (found.amount ?? take(free().find((index) => mostly(index, isFigure))));
  if (!apart && amount === null) return null;
  const texts = free().filter((index) => !mostly(index, isDate) && !mostly(index, isFigure));
  const purpose = found.purpose ?? take(texts.sort((a, b) => letters(cells(b)) - letters(cells(a)))[0]);
  const figures = [amount, found.debit, found.credit, found.balance].flatMap((index) =>
    index == null ? [] : cells(index),
  );
  const dates = cells(date);
  const told = notationOf(figures, currency);
  const notation = told ?? (figures.some((text) => isTwoWays(text, currency)) ? null : "point");
  // Who writes 1.234,56 or 31.12. writes the day first.
  const dayFirst = notation === "comma" || dates.some(isDotted);
  const order = likeliestOrder(ordersOf(dates), dates, dayFirst ? "dmy" : "mdy");
  return {
    date,
    amount,
    credit: apart ? (found.credit ?? null) : null,
    debit: apart ? (found.debit ?? null) : null,
    side: amount !== null && !cells(amount).some(hasSign) ? (sides[0] ?? null) : null,
    name: found.name ?? null,
    purpose,
    currency: found.currency ?? null,
    balance: found.balance ?? null,
    order,
    notation,
  };
}

/** Where the dates do not tell, the order in which they lie closest together: a statement is of some weeks. */
function likeliestOrder(orders: readonly DayOrder[], texts: readonly string[], usual: DayOrder): DayOrder {
  const preferred = [usual, ...orders].filter((order) => orders.includes(order));
  const spans = preferred.map((order) => {
    const days = texts.flatMap((text) => readDay(text, order) ?? []).sort();
    return daysBetween(days[0] ?? "", days.at(-1) ?? "");
  });
  return preferred[spans.indexOf(Math.min(...spans))] ?? usual;
}

function letters(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length);
}

/** The whole of a cell that tells what becomes of a row. */
const NOT_DONE =
  /^(?:pending|processing|authori[sz]ed|on hold|held|scheduled|failed|declined|denied|cancell?ed|expired|vorgemerkt)$/i;

function hasSign(text: string): boolean {
  return /[-−–(]|\b(?:CR|DR|DB)$/.test(text);
}

/** Reads a bank's CSV whose columns somebody has chosen. */
export function readColumns({ width, rows, remarks }: Sheet, columns: Columns, currency: string): Draft {
  const isTooWide = (row: readonly string[]) => row.slice(width).some((cell) => cell !== "");
  const read = rows.map((row) => (isTooWide(row) ? asItStands(row, currency) : readRow(row, columns, currency)));
  const others = read.filter(({ text }) => !isTotal(text));
  const balance = (which: "opening" | "closing") =>
    readAmount(printedBalance(remarks, which), currency, columns.notation);
  return {
    rows: read.filter((row) => !isTotal(row.text) || !isSumOf(row, others)),
    opening_cents: balance("opening"),
    closing_cents: balance("closing"),
  };
}

/** A row that calls itself a total is one when it is what the others come to; else somebody has that name. */
function isSumOf({ amount_cents }: DraftRow, others: readonly DraftRow[]): boolean {
  const amounts = others.map((row) => row.amount_cents ?? 0);
  const sum = (counted: readonly number[]) => counted.reduce((sum_cents, cents) => sum_cents + cents, 0);
  const sums = [sum(amounts), sum(amounts.filter((cents) => cents > 0)), sum(amounts.filter((cents) => cents < 0))];
  return sums.some((sum_cents) => Math.abs(sum_cents) === Math.abs(amount_cents ?? Number.NaN));
}

function readRow(row: readonly string[], columns: Columns, fallback: string): DraftRow {
  const cell = (index: number | null) => (index === null ? "" : (row[index] ?? "").replace(/\s+/g, " "));
  const code = cell(columns.currency).toUpperCase();
  const currency = /^[A-Z]{3}$/.test(code) ? code : fallback;
  const amount_cents = amountOf(columns, cell, currency);
  const name = cell(columns.name);
  const purpose = cell(columns.purpose);
  const text = [name, purpose].filter(Boolean).join(" ");
  const date = readDay(cell(columns.date), columns.order);
  const balance_cents = readAmount(cell(columns.balance), currency, columns.notation);
  const kind = row.some((cell) => NOT_DONE.test(cell)) ? "pending" : undefined;
  const line = bankLine({ text, date, amount_cents, balance_cents, currency, kind });
  if (name === "") return line;
  return {
    ...line,
    counterparty: name,
    reference: purpose,
    kind: kind ?? kindOf(text, name, amount_cents ?? 0),
    // A name that only looks like the bank's words says nothing of the way.
    method: methodOf(text),
  };
}

/** Both columns filled, or none, is no amount. Some banks write what went out with a minus. */
function amountOf(columns: Columns, cell: (index: number | null) => string, currency: string): number | null {
  const read = (index: number | null) => readAmount(cell(index), currency, columns.notation);
  if (columns.amount !== null) return withSide(read(columns.amount), columns.side === null ? null : cell(columns.side));
  const filled = (index: number | null) => !/^(?:|0+(?:[.,]0+)?|-)$/.test(cell(index));
  if (filled(columns.debit) === filled(columns.credit)) return null;
  if (filled(columns.credit)) return read(columns.credit);
  const debit_cents = read(columns.debit);
  return debit_cents === null ? null : -Math.abs(debit_cents);
}

/** What left is below zero, whether the amount says so or the column beside it; null when they do not agree. */
function withSide(cents: number | null, side: string | null): number | null {
  if (side === null || cents === null) return cents;
  const sign = signOf(side);
  return sign === null || (sign > 0 && cents < 0) ? null : sign * Math.abs(cents);
}
