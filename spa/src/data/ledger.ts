import type { Payment } from "./contract";
import type { PaymentKind } from "./limits";

export interface LedgerRow {
  payment: Payment;
  live: boolean;
  /** What this row does to the balance due: less is good. */
  effect_cents: number;
  balance_due_cents: number;
}

/** Neither voided nor bounced. */
export function isLive({ status }: Payment): boolean {
  return status === "received" || status === "cleared";
}

/** Whether a payment of this kind makes what is due less. */
export function settles(kind: PaymentKind): boolean {
  return kind === "deposit" || kind === "balance";
}

/** A charter's payments as a statement, oldest first, from the fee down to what is due. */
export function ledger(charged_cents: number, payments: readonly Payment[]): LedgerRow[] {
  const sorted = [...payments].sort(
    (a, b) => a.received_at.localeCompare(b.received_at) || a.recorded_at.localeCompare(b.recorded_at),
  );
  const tips = new Set(payments.filter(({ kind }) => kind === "tip").map(({ payment_id }) => payment_id));
  let balance_due_cents = charged_cents;
  return sorted.map((payment) => {
    const live = isLive(payment);
    const effect_cents = live ? effect(payment, tips) : 0;
    balance_due_cents += effect_cents;
    return { payment, live, effect_cents, balance_due_cents };
  });
}

/** Tips stand outside the balance, and so do their refunds. */
function effect({ kind, refund_of, amount_cents }: Payment, tips: ReadonlySet<string>): number {
  if (kind === "tip" || (refund_of && tips.has(refund_of))) return 0;
  return kind === "refund" ? amount_cents : -amount_cents;
}

/** What of a payment has not been given back. */
export function leftCents({ payment_id, amount_cents }: Payment, payments: readonly Payment[]): number {
  return payments
    .filter((other) => other.refund_of === payment_id && isLive(other))
    .reduce((left_cents, other) => left_cents - other.amount_cents, amount_cents);
}
