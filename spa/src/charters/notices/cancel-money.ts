import type { Charter, Payment } from "../../data/contract";
import { isLive, leftCents } from "../../data/ledger";

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

/** The payments that make up that sum, each whole: only whole ones can be moved. Null where none do. */
export function movable(payments: readonly Payment[], cents: number): Payment[] | null {
  const parts = refunds(payments, cents);
  const whole = parts.length > 0 && parts.every((part) => part.cents === part.payment.amount_cents);
  return whole ? parts.map(({ payment }) => payment) : null;
}

function settling(payments: readonly Payment[]): Payment[] {
  return payments
    .filter((payment) => isLive(payment) && (payment.kind === "deposit" || payment.kind === "balance"))
    .sort((a, b) => b.received_at.localeCompare(a.received_at) || b.recorded_at.localeCompare(a.recorded_at));
}
