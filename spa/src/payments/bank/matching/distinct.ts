import type { BankRow, FormatName } from "../statement-file/rows";
import { wordsOf } from "./names";

/** A row and the format of its file. */
export interface SourcedRow extends BankRow {
  source: FormatName;
}

/** A name of a row that is the same in every file of its bank. */
export interface Keyed {
  key: string;
}

const PROCESSORS: ReadonlySet<FormatName> = new Set(["venmo", "square", "stripe"]);
/** What the files of any bank can be in. */
const ANY_BANK: ReadonlySet<FormatName> = new Set(["ofx", "generic"]);

/**
 * The rows of several files, each once: months that overlap share rows, and a pending one comes again. A bank may have
 * changed the words meanwhile, and the same account can be downloaded in two formats. Rows of one file are never one.
 */
export function distinctRows<Row extends SourcedRow>(files: readonly (readonly Row[])[]): (Row & Keyed)[] {
  const kept = new Map<string, Row & Keyed>();
  for (const rows of files) {
    const earlier = byDayAndAmount([...kept.values()]);
    const met = new Set<string>();
    const others: (Row & Keyed)[] = [];
    for (const row of rows) {
      const keyed = { ...row, key: keyOf(row, kept) };
      const known = kept.get(keyed.key);
      if (!known) others.push(keyed);
      else if (known.kind === "pending") kept.set(keyed.key, keyed);
      met.add(keyed.key);
    }
    for (const row of others) {
      const twin = earlier.get(dayAndAmount(row))?.find((known) => !met.has(known.key) && isReworded(known, row));
      if (!twin) kept.set(row.key, row);
      // The longer words say more.
      else if (row.text.length > twin.text.length) replace(kept, twin, row);
      if (twin) met.add(twin.key);
    }
  }
  return [...kept.values()];
}

function replace<Row extends Keyed>(rows: Map<string, Row>, old: Row, row: Row): void {
  rows.delete(old.key);
  rows.set(row.key, row);
}

/** An id of the bank that stands for other money in another file is not enough of a name. */
function keyOf(row: SourcedRow, kept: ReadonlyMap<string, SourcedRow>): string {
  const key = `${row.source} ${row.row_id}`;
  const known = kept.get(key);
  const isOther =
    known && known.kind !== "pending" && row.kind !== "pending" && dayAndAmount(known) !== dayAndAmount(row);
  return isOther ? `${key}|${dayAndAmount(row)}` : key;
}

function dayAndAmount({ date, amount_cents, currency }: BankRow): string {
  return `${date}|${amount_cents}|${currency}`;
}

function byDayAndAmount<Row extends BankRow>(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    if (row.kind === "pending" || row.kind === "unreadable") continue;
    found.set(dayAndAmount(row), [...(found.get(dayAndAmount(row)) ?? []), row]);
  }
  return found;
}

/** Whether two rows of one day and amount, each in a file where the other is not, are the same money in other words. */
function isReworded(one: SourcedRow, other: SourcedRow): boolean {
  if (one.kind !== other.kind) return false;
  if (one.source !== other.source) {
    const isOfAnyBank = [one, other].some(({ source }) => ANY_BANK.has(source));
    const isOfProcessor = [one, other].some(({ source }) => PROCESSORS.has(source));
    return isOfAnyBank && !isOfProcessor && isSameName(one.counterparty, other.counterparty);
  }
  if (hasBankId(one) || hasBankId(other)) return false;
  const isSameBalance = one.balance_cents != null && one.balance_cents === other.balance_cents;
  return isSameBalance || isWithin(one.text, other.text) || isWithin(other.text, one.text);
}

function hasBankId({ row_id, date }: BankRow): boolean {
  return !row_id.startsWith(`${date}|`);
}

/** Whether a text has no word that the other has not. */
function isWithin(one: string, other: string): boolean {
  const words = new Set(wordsOf(other));
  return one !== "" && wordsOf(one).every((word) => words.has(word));
}

/** Whether two names have the same words; none is no name. */
export function isSameName(one: string, other: string): boolean {
  return isWithin(one, other) && isWithin(other, one);
}
