import { bankLine } from "./bank-line";
import { parseCells, parseLines } from "./quotes";
import { isRemark } from "./remarks";
import type { DraftRow } from "./rows";

/** A file as rows of trimmed cells; rows of nothing but blanks are left out. */
export type Table = readonly (readonly string[])[];

const DELIMITERS = [",", ";", "\t", "|"];

/** Reads CSV with whichever delimiter makes the most of its rows equally wide, and of several the widest. */
export function parseTable(file: string): Table {
  // Some banks end their last line otherwise than the rest.
  const text = file.replace(/\r\n?/g, "\n");
  const [best] = DELIMITERS.filter((delimiter) => text.includes(delimiter))
    .map((delimiter) => ({ delimiter, ...parseCells(text, delimiter) }))
    .sort((a, b) => evenness(b.rows) - evenness(a.rows));
  if (!best) return [];
  const rows = best.sound ? best.rows : parseLines(text, best.delimiter, usualWidth(best.rows).width);
  return rows.map((row) => row.map((cell) => cell.trim()));
}

/** How many rows have the width that most rows have, then that width; nothing for one column. */
function evenness(table: Table): number {
  const { width, count } = usualWidth(table);
  return count + width / 1000;
}

/** How many cells most rows of several have. */
export function usualWidth(table: Table): { width: number; count: number } {
  const counts = new Map<number, number>();
  for (const { length } of table) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [width = 0, count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { width, count };
}

export interface NamedTable {
  /** Without the lines that sum up, and those that say something else. */
  rows: Table;
  /** The cell of a column of this name, or of the first of these names that the table has; empty without one. */
  cell(row: readonly string[], ...names: string[]): string;
  /** All cells of these columns. */
  cells(...names: string[]): string[];
  names: readonly string[];
}

/** The part of a table below the first row that has all of these names, or null without such a row. */
export function tableBelow(table: Table, required: readonly string[]): NamedTable | null {
  const wanted = required.map(columnName);
  const head = table.findIndex((row) => {
    const names = row.map(columnName);
    return wanted.every((name) => names.includes(name));
  });
  if (head < 0) return null;
  const names = (table[head] ?? []).map(columnName);
  const rows = table.slice(head + 1).filter((row) => !isRemark(row));
  const cell = (row: readonly string[], ...asked: string[]) => {
    const index = asked.map((name) => names.indexOf(columnName(name))).find((index) => index >= 0);
    return index === undefined ? "" : (row[index] ?? "");
  };
  return { names, rows, cell, cells: (...asked) => asked.flatMap((name) => rows.map((row) => cell(row, name))) };
}

/** Reads rows; one that is wider than the names of the columns allow is shown as it stands. */
export function readRows(
  rows: Table,
  { names }: NamedTable,
  currency: string,
  read: (row: readonly string[]) => DraftRow,
): DraftRow[] {
  return rows.map((row) => (isTooWide(row, names) ? asItStands(row, currency) : read(row)));
}

/**
 * Whether a row has more cells than the names of its columns allow; banks end it with a delimiter more. Then a sign within
 * a text or an amount, `12,50`, parts two cells, and what stands behind it is in the wrong column.
 */
function isTooWide(row: readonly string[], names: readonly string[]): boolean {
  const width = names.findLastIndex((name) => name !== "") + 1;
  return row.length > names.filter((name) => name !== "").length + 1 || row.slice(width).some((cell) => cell !== "");
}

/** A row of which no cell is surely in its column: nothing of it counts. */
export function asItStands(row: readonly string[], currency: string): DraftRow {
  return bankLine({ text: row.filter(Boolean).join(" "), date: null, amount_cents: null, currency });
}

export function columnName(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, " ");
}
