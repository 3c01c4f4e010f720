import type { Payment } from "./contract";

export interface LedgerRow {
  payment: Payment;
  /** Neither voided nor bounced. */
  live: boolean;
  /** What this row does to the balance due: less is good. */
  effect_cents: number;
  /** The balance due after this row. */
  balance_due_cents: number;
}

/** A charter's payments as a statement, oldest first, from the fee down to what is due. */
export function ledger(charged_cents: number, payments: readonly Payment[]): LedgerRow[] {
  const sorted = [...payments].sort(
    (a, b) =>
      a.received_at.localeCompare(b.received_at) || a.recorded_at.localeCompare(b.recorded_at),
  );
  let balance_due_cents = charged_cents;
  return sorted.map((payment) => {
    const live = payment.status !== "voided" && payment.status !== "bounced";
    const effect_cents = live ? effect(payment) : 0;
    balance_due_cents += effect_cents;
    return { payment, live, effect_cents, balance_due_cents };
  });
}

/** Tips stand outside the balance. */
function effect({ kind, amount_cents }: Payment): number {
  if (kind === "tip") return 0;
  return kind === "refund" ? amount_cents : -amount_cents;
}
