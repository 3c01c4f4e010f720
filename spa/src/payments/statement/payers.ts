import type { Payment } from "../../data/contract";
import { ledger } from "../../data/ledger";
import { fold } from "../../lib/names";

/** What each payer has paid towards the fee, live payments less their refunds, in the order and spelling they came. */
export function payers(payments: readonly Payment[]): { payer: string; paid_cents: number }[] {
  const paid = new Map<string, { payer: string; paid_cents: number }>();
  const payerOf = new Map(payments.map(({ payment_id, payer }) => [payment_id, payer]));
  for (const { payment, live, effect_cents } of ledger(0, payments)) {
    if (!live || effect_cents === 0) continue;
    // A refund lowers what the payer of the refunded payment has paid.
    const payer = (payment.refund_of && payerOf.get(payment.refund_of)) || payment.payer;
    const known = paid.get(fold(payer)) ?? { payer, paid_cents: 0 };
    paid.set(fold(payer), { ...known, paid_cents: known.paid_cents - effect_cents });
  }
  return [...paid.values()];
}
