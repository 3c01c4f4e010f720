import type { Draft, DraftRow } from "./rows";

export interface Balances {
  opening_cents: number | null;
  closing_cents: number | null;
  /** Closing less opening and rows: 0 when they add up, null when the file does not say enough. */
  difference_cents: number | null;
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
  if (opening_cents === null || closing_cents === null) return { opening_cents, closing_cents, difference_cents: null };
  const moved_cents = readable
    .filter(({ outside_balance }) => !outside_balance)
    .reduce((sum, { amount_cents }) => sum + (amount_cents ?? 0), 0);
  return { opening_cents, closing_cents, difference_cents: closing_cents - opening_cents - moved_cents };
}
