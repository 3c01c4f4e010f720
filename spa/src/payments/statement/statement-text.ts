import type { Charter, Payment } from "../../data/contract";
import type { LedgerRow } from "../../data/ledger";
import { methods } from "../../data/limits";
import { formatMoney } from "../../lib/money";
import { isolate } from "../../lib/names";
import { formatMoment } from "../../lib/time";
import { kindNames } from "../payment-form";

/** What was given back was never the bank's to take. */
export function canBounce({ method, kind }: Payment): boolean {
  return methods[method].can_bounce && kind !== "refund";
}

/** What the first line of a statement stands for: a cancelled charter is charged its cancellation fee, if any. */
export function chargeName({ status, balance }: Charter): string {
  if (status !== "cancelled") return "Charter fee";
  return balance.charged_cents > 0 ? "Cancellation fee" : "Charter fee, not charged: cancelled";
}

/** What the last line of a statement stands for. */
export function balanceName({ status, balance }: Charter): string {
  const cancelled = status === "cancelled";
  if (balance.balance_due_cents < 0) return cancelled ? "To refund" : "Overpaid";
  return cancelled && balance.balance_due_cents === 0 ? "Nothing due" : "Balance due";
}

/** `$480.00 check 1042` */
export function amountText(payment: Payment): string {
  const amount = formatMoney(payment.amount_cents, payment.currency);
  return [amount, methods[payment.method].name, payment.reference].filter(Boolean).join(" ");
}

/** `, from Ana Ruiz`; a refund goes to somebody. */
export function payerText({ kind, payer }: Payment): string {
  return payer && `, ${kind === "refund" ? "to" : "from"} ${isolate(payer)}`;
}

/** A row's amount with the sign of what it does to the balance due; tips do nothing to it. */
export function signedAmount({ payment, effect_cents, live }: LedgerRow): string {
  const sign = effect_cents > 0 ? "+" : effect_cents < 0 ? "−" : "";
  const amount = formatMoney(payment.amount_cents, payment.currency);
  return live ? sign + amount : amount;
}

/** Who took a payment out of the sums, when and why. */
export function undone(payment: Payment, timezone: string): string {
  const { status, bounce } = payment;
  const act = status === "voided" ? payment.void : status === "bounced" ? bounce : null;
  const word = status === "voided" ? "Voided" : "Bounced";
  return act ? `${word} ${formatMoment(act.at, timezone)} by ${act.by}: ${act.reason}` : word;
}

export function cleared({ status, cleared_at, received_at }: Payment, timezone: string): string {
  if (status === "received") return "Not cleared yet";
  return cleared_at && cleared_at !== received_at ? `Cleared ${formatMoment(cleared_at, timezone)}` : "Cleared";
}

/** How a row hangs together with others: the payment a refund gives back, or the one it stands beside. */
export function relations(payment: Payment, payments: readonly Payment[], timezone: string): string[] {
  const named = (id: string) => {
    const other = payments.find(({ payment_id }) => payment_id === id);
    if (!other) return "another payment";
    const when = formatMoment(other.received_at, timezone);
    return `the ${kindNames[other.kind].toLowerCase()} of ${amountText(other)}, ${when}`;
  };
  return [
    payment.refund_of ? `Gives back ${named(payment.refund_of)}` : "",
    payment.duplicate_of ? `Logged deliberately beside ${named(payment.duplicate_of)}` : "",
  ].filter(Boolean);
}

export const receiptTexts: Record<Payment["receipt"], string> = {
  pending: "confirmation on its way",
  sent: "confirmation sent",
  failed: "confirmation could not be sent",
  off: "no confirmation sent",
};
