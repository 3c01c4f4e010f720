import { type Balances, balancesOf } from "./balances";
import { readBankOfAmerica } from "./bofa";
import { decode } from "./bytes";
import { readChase } from "./chase";
import { type Columns, guessColumns, readColumns, type Sheet, sheetOf } from "./columns";
import { identify, isNewestFirst } from "./identity";
import { readOfx } from "./ofx";
import { type BankRow, type Draft, type FormatName, RefusedFile } from "./rows";
import { readSquare } from "./square";
import { readStripe } from "./stripe";
import { parseTable, type Table } from "./tables";
import { readVenmo } from "./venmo";
import { readWellsFargo } from "./wells-fargo";

export interface Statement extends Balances {
  format: FormatName;
  encoding: string;
  currency: string;
  /** As they stand in the file. */
  rows: BankRow[];
  /** A file of no known bank: its sheet and the columns it was read by, to be looked at. */
  chosen: { sheet: Sheet; columns: Columns } | null;
}

const TABLES: readonly [FormatName, (table: Table, currency: string) => Draft | null][] = [
  ["venmo", readVenmo],
  ["chase", readChase],
  ["square", readSquare],
  ["stripe", readStripe],
  ["wellsfargo", readWellsFargo],
];

/**
 * Reads a bank's file, or what was copied of one, in whichever of the known formats it is.
 *
 * `columnsFor` tells the columns that were chosen for such a sheet before; without it they are guessed.
 * Throws RefusedFile for what is no such file.
 */
export function readStatement(
  bytes: Uint8Array,
  currency: string,
  columnsFor: (sheet: Sheet) => Columns | null = () => null,
): Statement {
  const { text, encoding } = decode(bytes);
  const found = readKnown(text, currency);
  if (found) return { ...statementOf(found.draft, found.format, currency), encoding, chosen: null };
  const sheet = sheetOf(parseTable(text));
  const columns = sheet && (columnsFor(sheet) ?? guessColumns(sheet, currency));
  if (!columns) throw new RefusedFile("No rows with a date and an amount were found in this file.");
  const draft = readColumns(sheet, columns, currency);
  return { ...statementOf(draft, "generic", currency), encoding, chosen: { sheet, columns } };
}

function readKnown(text: string, currency: string): { format: FormatName; draft: Draft } | null {
  const ofx = readOfx(text, currency);
  if (ofx) return { format: "ofx", draft: ofx };
  const bofa = readBankOfAmerica(text, currency);
  if (bofa) return { format: "bofa", draft: bofa };
  const table = parseTable(text);
  for (const [format, read] of TABLES) {
    const draft = read(table, currency);
    if (draft) return { format, draft };
  }
  return null;
}

function statementOf(draft: Draft, format: FormatName, fallback: string) {
  const identified = identify(draft);
  const currency = draft.currency ?? mostUsed(identified.map(({ currency }) => currency)) ?? fallback;
  const oldestFirst = isNewestFirst(draft) ? identified.toReversed() : identified;
  return { format, currency, rows: identified, ...balancesOf(draft, oldestFirst) };
}

function mostUsed(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
