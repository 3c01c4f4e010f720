import Papa from "papaparse";

/** A text over more lines than this is a quote that was never closed. */
const MOST_LINES = 30;

/** Rows of cells; `sound` unless quotes stand where a CSV has none. */
export interface Cells {
  rows: string[][];
  sound: boolean;
}

/** Where the quotes are not sound the rows are the lines: a first look, for which `parseLines` is the second. */
export function parseCells(text: string, delimiter: string): Cells {
  const { data, errors } = parse(text, delimiter);
  const sound = errors.every(({ type }) => type !== "Quotes");
  return { rows: sound ? data : text.split("\n").map((line) => looseCells(line, delimiter)), sound };
}

function parse(text: string, delimiter: string) {
  return Papa.parse<string[]>(text, { delimiter, newline: "\n", skipEmptyLines: "greedy" });
}

/**
 * The rows of a text whose quotes are not sound: some banks do not double those within a text. Then one of them would
 * swallow what follows, rows too, so it is read line by line. `width` is how many cells most rows have.
 */
export function parseLines(text: string, delimiter: string, width: number): string[][] {
  const lines = text.split("\n");
  const rows: string[][] = [];
  for (let at = 0; at < lines.length; ) {
    const { row, count } = recordAt(lines, at, delimiter, width);
    if (row?.some((cell) => cell.trim() !== "")) rows.push(row);
    at += count;
  }
  return rows;
}

/** The record that begins in a line, and over how many lines it goes. */
function recordAt(lines: readonly string[], at: number, delimiter: string, width: number) {
  const line = lines[at] ?? "";
  const alone = parse(line, delimiter);
  const [row] = alone.data;
  const isOpen = alone.errors.some(({ code }) => code === "MissingQuotes");
  if (!isOpen && (alone.errors.length === 0 || row?.length === width)) return { row, count: 1 };
  for (let count = 2; isOpen && count <= MOST_LINES && at + count <= lines.length; count++) {
    // Where the next record begins, the quote was none.
    const next = parse(lines[at + count - 1] ?? "", delimiter);
    if (next.errors.length === 0 && next.data[0]?.length === width) break;
    const longer = parse(lines.slice(at, at + count).join("\n"), delimiter);
    if (longer.errors.length === 0) return { row: longer.data[0], count };
  }
  return { row: looseCells(line, delimiter), count: 1 };
}

/**
 * The cells of a line some of whose quotes are part of a text. A cell is quoted only if it ends with a quote before
 * another one begins; a quote too many stays where it is, so that an amount with one is none.
 */
function looseCells(line: string, delimiter: string): string[] {
  const mark = delimiter === "|" ? "\\|" : delimiter;
  const quoted = `"((?:[^"${mark}]|""|${mark}(?!")|"(?!${mark}|$))*)"(?=${mark}|$)`;
  const cell = new RegExp(`(?:^|${mark})(?:${quoted}|([^${mark}]*))`, "g");
  return [...line.matchAll(cell)].map(([, inner, plain = ""]) => inner?.replaceAll('""', '"') ?? plain);
}
