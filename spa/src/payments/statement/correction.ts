import type { Correction, Payment } from "../../data/contract";
import { type PaymentKind, type PaymentMethod, paymentLimits } from "../../data/limits";
import { parseMoney, plainAmount } from "../../lib/money";
import { isBlank } from "../../lib/names";
import { toLocal, toRfc3339 } from "../../lib/time";
import { kindNames, receivedAt } from "../payment-form";

/** A payment as it should have been logged, and why it was not. */
export interface CorrectionForm {
  amount: string;
  method: PaymentMethod;
  kind: PaymentKind;
  reference: string;
  payer: string;
  /** Local to the charter. */
  received: string;
  reason: string;
  notify: boolean;
}

export function correctionForm(payment: Payment, timezone: string): CorrectionForm {
  return {
    amount: plainAmount(payment.amount_cents, payment.currency),
    method: payment.method,
    kind: payment.kind,
    reference: payment.reference,
    payer: payment.payer,
    received: toLocal(new Date(payment.received_at), timezone),
    reason: "Typing error",
    notify: true,
  };
}

/** What a payment can be said to have been. What was given back is of its own kind. */
export const correctableKinds = { deposit: kindNames.deposit, balance: kindNames.balance, tip: kindNames.tip };

type ReadCorrection = { body: Correction; errors?: never } | { body?: never; errors: Readonly<Record<string, string>> };

/** Only what is changed travels: the server takes the rest from the payment that is corrected. */
export function readCorrection(form: CorrectionForm, payment: Payment, timezone: string, now: Date): ReadCorrection {
  const errors: Record<string, string> = {};
  const amount = parseMoney(form.amount, payment.currency, paymentLimits.amount_cents);
  if (amount.error) errors.amount_cents = amount.error;
  if (isBlank(form.reason)) errors.reason = "Say why, in a few words.";
  const known = { received: form.received, received_at: payment.received_at };
  const received = receivedAt(known, timezone, now);
  if (received.error) errors.received_at = received.error;
  if (Object.keys(errors).length > 0 || !received.instant || amount.cents === undefined) return { errors };

  const payer = form.payer.trim();
  const reference = form.reference.trim();
  const isOtherTime = form.received !== toLocal(new Date(payment.received_at), timezone);
  const changes: Partial<Correction> = {
    ...(amount.cents !== payment.amount_cents ? { amount_cents: amount.cents } : {}),
    ...(form.method !== payment.method ? { method: form.method } : {}),
    ...(form.kind !== payment.kind ? { kind: form.kind } : {}),
    ...(payer !== payment.payer ? { payer } : {}),
    ...(reference !== payment.reference ? { reference } : {}),
    ...(isOtherTime ? { received_at: toRfc3339(received.instant) } : {}),
  };
  if (Object.keys(changes).length === 0) return { errors: { amount_cents: "Nothing is changed yet." } };
  // Another amount, method or kind makes it another payment, which is asked about as a new one would be.
  const isOther = "amount_cents" in changes || "method" in changes || "kind" in changes;
  const { payment_id } = payment;
  return {
    body: {
      corrects: { payment_id, reason: form.reason.trim() },
      ...changes,
      notify: form.notify,
      ...(isOther && form.kind !== "refund" ? { ask_if_duplicate: true, ask_if_unusual: true } : {}),
    },
  };
}

/** What the answer to the server's question adds: the same again is then recorded. Null if it has asked nothing. */
export function answerTo(code: string, duplicate: Payment | null | undefined): Partial<Correction> | null {
  if (code === "UnusualAmount") return { unusual_ok: true };
  return code === "PossibleDuplicate" && duplicate ? { duplicate_of: duplicate.payment_id, unusual_ok: true } : null;
}
