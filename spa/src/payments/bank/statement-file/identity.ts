import type { BankRow, Draft, DraftRow } from "./rows";

/**
 * Gives each row its id. With a bank's id a row that stands twice is one, and a pending one gives way to the complete one;
 * without ids equal rows are counted, oldest first, so that the n-th of them is the n-th in another file too.
 */
export function identify(draft: Draft): (BankRow & { balance_cents: number | null })[] {
  const rows = withoutRepeats(draft.rows.map(withSureId));
  const oldestFirst = isNewestFirst(draft) ? rows.toReversed() : rows;
  const counts = new Map<string, number>();
  const ids = new Map<DraftRow, string>();
  for (const row of oldestFirst) {
    const plain = row.bank_id || [row.date ?? "", row.amount_cents ?? "", row.text].join("|");
    const count = (counts.get(plain) ?? 0) + 1;
    counts.set(plain, count);
    // A bank's id that stands for two different rows is no id of the second.
    ids.set(row, row.bank_id && count === 1 ? plain : `${plain}|${count}`);
  }
  return rows.map(({ bank_id, account, ...row }, index) => ({
    row_id: ids.get(rows[index] as DraftRow) ?? "",
    ...row,
    kind: row.date === null || row.amount_cents === null ? "unreadable" : row.kind,
  }));
}

/** Banks that give no ids print a zero in all rows. */
function withSureId(row: DraftRow): DraftRow {
  return /^0*$/.test(row.bank_id) ? { ...row, bank_id: "" } : row;
}

function withoutRepeats(rows: readonly DraftRow[]): DraftRow[] {
  const known = new Map<string, DraftRow[]>();
  const repeats = new Set<DraftRow>();
  for (const row of rows) {
    if (row.bank_id === "") continue;
    const others = known.get(row.bank_id) ?? [];
    // Another account of the same file may give the same ids.
    const own = others.filter(({ account }) => account === row.account);
    const pending = own.find(({ kind }) => kind === "pending");
    if (pending && row.kind !== "pending") repeats.add(pending);
    else if (own.some((other) => isSame(row, other) || row.kind === "pending")) repeats.add(row);
    known.set(row.bank_id, [...others.filter((other) => !repeats.has(other)), row]);
  }
  return rows.filter((row) => !repeats.has(row));
}

function isSame(row: DraftRow, other: DraftRow): boolean {
  return row.date === other.date && row.amount_cents === other.amount_cents && row.text === other.text;
}

/** By the dates, else by the running balance, else as the format does it. */
export function isNewestFirst({ rows, newest_first = false }: Draft): boolean {
  const dates = rows.flatMap(({ date }) => date ?? []);
  const [first = "", last = ""] = [dates[0], dates.at(-1)];
  if (first !== last) return first > last;
  const steps = rows.slice(1).map((row, index) => stepOf(rows[index] as DraftRow, row));
  const newest = steps.filter((step) => step === "newest").length;
  const oldest = steps.filter((step) => step === "oldest").length;
  return newest === oldest ? newest_first : newest > oldest;
}

/** Which of two rows that follow one another in the file is the newer, by their balances. */
function stepOf(upper: DraftRow, lower: DraftRow): "newest" | "oldest" | null {
  if (upper.balance_cents === null || lower.balance_cents === null) return null;
  if (upper.amount_cents !== null && lower.balance_cents + upper.amount_cents === upper.balance_cents) return "newest";
  if (lower.amount_cents !== null && upper.balance_cents + lower.amount_cents === lower.balance_cents) return "oldest";
  return null;
}
