import type { Draft, DraftRow, RowKind } from "./rows";

export interface Balances {
  opening_cents: number | null;
  closing_cents: number | null;
  /** Closing less opening, rows and fees: 0 when they add up, null when the file does not say enough. */
  difference_cents: number | null;
  /** Fees printed beside the amounts that have changed the balance too; 0 where the amounts alone add up. */
  fees_cents: number;
}

/** Whether a file's rows lead from its opening to its closing balance. `rows` oldest first. */
export function balancesOf(draft: Draft, rows: readonly Omit<DraftRow, "bank_id">[]): Balances {
  const counted = rows.filter(({ kind }) => kind !== "pending");
  const readable = counted.filter(({ kind }) => kind !== "unreadable");
  const oldest = readable.find(({ balance_cents }) => balance_cents !== null);
  const newest = counted.findLast(({ balance_cents }) => balance_cents !== null);
  const before_oldest = oldest ? (oldest.balance_cents ?? 0) - (oldest.amount_cents ?? 0) : null;
  const opening_cents = draft.opening_cents ?? before_oldest;
  const closing_cents = draft.closing_cents ?? newest?.balance_cents ?? null;
  const known = { opening_cents, closing_cents };
  if (opening_cents === null || closing_cents === null) return { ...known, difference_cents: null, fees_cents: 0 };
  const moved = readable.filter(({ outside_balance }) => !outside_balance);
  const moved_cents = moved.reduce((sum, { amount_cents }) => sum + (amount_cents ?? 0), 0);
  const difference_cents = closing_cents - opening_cents - moved_cents;
  return areFees(difference_cents, moved)
    ? { ...known, difference_cents: 0, fees_cents: difference_cents }
    : { ...known, difference_cents, fees_cents: 0 };
}

/**
 * Whether a difference is just what the column of fees says. A fee can be within its amount or beside it, and that may be
 * one way for income and another for what is paid out; it is the same for all rows of a kind.
 */
function areFees(difference_cents: number, rows: readonly Omit<DraftRow, "bank_id">[]): boolean {
  const byKind = new Map<RowKind, number>();
  for (const { kind, fee_cents = 0 } of rows) byKind.set(kind, (byKind.get(kind) ?? 0) + fee_cents);
  let sums = [0];
  for (const fees_cents of byKind.values()) sums = [...sums, ...sums.map((sum_cents) => sum_cents + fees_cents)];
  return difference_cents !== 0 && sums.includes(difference_cents);
}
