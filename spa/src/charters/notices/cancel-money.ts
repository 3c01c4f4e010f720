import type { Charter, Payment } from "../../data/contract";
import { isLive, leftCents, settles } from "../../data/ledger";

/** What becomes of the money that is above the cancellation fee. */
export type GiveBack = "later" | "refund" | "move";

/** What was received towards the fee and not given back. */
export function heldCents({ balance }: Charter): number {
  return balance.received_cents - balance.refunded_cents;
}

export interface Part {
  payment: Payment;
  cents: number;
}

/** What is given back of which payment, the latest first; tips stay where they are. */
export function refunds(payments: readonly Payment[], cents: number): Part[] {
  const parts: Part[] = [];
  let left_cents = cents;
  for (const payment of settling(payments)) {
    const part_cents = Math.min(leftCents(payment, payments), left_cents);
    if (part_cents > 0) parts.push({ payment, cents: part_cents });
    left_cents -= part_cents;
  }
  return parts;
}

/** What counts for another charter of which payment, the latest first. Null where that cannot make up the sum. */
export function moves(payments: readonly Payment[], cents: number): Part[] | null {
  // What was given back in part is no payment of its own any more: the refund belongs to the whole of it.
  const isWhole = (payment: Payment) => leftCents(payment, payments) === payment.amount_cents;
  const parts = refunds(payments.filter(isWhole), cents);
  return parts.length > 0 && sumOf(parts) === cents ? parts : null;
}

function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { cents }) => sum + cents, 0);
}

function settling(payments: readonly Payment[]): Payment[] {
  return payments
    .filter((payment) => isLive(payment) && settles(payment.kind))
    .sort((a, b) => b.received_at.localeCompare(a.received_at) || b.recorded_at.localeCompare(a.recorded_at));
}
