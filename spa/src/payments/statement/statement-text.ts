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
  const word = undoneWord(payment);
  return act ? `${word} ${formatMoment(act.at, timezone)} by ${act.by}: ${act.reason}` : word;
}

/** What has become of a payment that counts no more. */
export function undoneWord({ status, event_id, corrected_by }: Payment): string {
  if (status !== "voided") return "Bounced";
  if (!corrected_by) return "Voided";
  return corrected_by.event_id === event_id ? "Corrected" : "Moved";
}

export function cleared({ status, cleared_at, received_at }: Payment, timezone: string): string {
  if (status === "received") return "To clear";
  return cleared_at && cleared_at !== received_at ? `Cleared ${formatMoment(cleared_at, timezone)}` : "Cleared";
}

/** Another payment that a row has to do with: `text` names it. */
export interface Relation {
  text: string;
  /** The charter where it stands. */
  event_id: string;
  payment_id: string;
}

/** How a row hangs together with others: what it gives back, what it stands beside, what it corrects, what corrects it. */
export function relations(payment: Payment, payments: readonly Payment[], timezone: string): Relation[] {
  const named = (id: string) => {
    const other = payments.find(({ payment_id }) => payment_id === id);
    if (!other) return "another payment";
    const when = formatMoment(other.received_at, timezone);
    return `the ${kindNames[other.kind].toLowerCase()} of ${amountText(other)}, ${when}`;
  };
  const { event_id, refund_of, duplicate_of, corrects, corrected_by } = payment;
  const found: Relation[] = [];
  const add = (text: string, payment_id: string, at = event_id) => found.push({ text, event_id: at, payment_id });
  if (refund_of) add(`Gives back ${named(refund_of)}`, refund_of);
  if (duplicate_of) add(`Logged deliberately beside ${named(duplicate_of)}`, duplicate_of);
  if (corrects && corrects.event_id === event_id) add(`Corrects ${named(corrects.payment_id)}`, corrects.payment_id);
  else if (corrects) add("Moved here from another charter", corrects.payment_id, corrects.event_id);
  if (corrected_by && corrected_by.event_id === event_id) {
    add(`In its place: ${named(corrected_by.payment_id)}`, corrected_by.payment_id);
  } else if (corrected_by) {
    add("It counts for another charter", corrected_by.payment_id, corrected_by.event_id);
  }
  return found;
}

export const receiptTexts: Record<Payment["receipt"], string> = {
  pending: "receipt on its way",
  sent: "receipt sent",
  failed: "receipt could not be sent",
  off: "no receipt sent",
};
