import type { Charter, Payment } from "../data/contract";
import { isLive, leftCents, settles } from "../data/ledger";
import { methods, type PaymentKind, type PaymentMethod, paymentLimits, paymentMethods } from "../data/limits";
import { type OutboxEntry, type PaymentRequest, trueTime } from "../data/outbox-entry";
import { zonedTime } from "../lib/local-time";
import { formatMoneyShort, parseMoney, plainAmount } from "../lib/money";
import { isolate } from "../lib/names";
import { toLocal, toRfc3339 } from "../lib/time";

export interface PaymentForm {
  amount: string;
  method: PaymentMethod | null;
  kind: PaymentKind;
  refund_of: string;
  reference: string;
  payer: string;
  /** Local to the charter; empty means the moment of saving. */
  received: string;
  /** The exact moment behind `received` while that is as it was. */
  received_at: string;
  notify: boolean;
  /** For a patron who has none yet. */
  email: string;
}

export const methodNames = Object.fromEntries(
  paymentMethods.map((method) => [method, methods[method].label]),
) as Record<PaymentMethod, string>;

export const kindNames: Record<PaymentKind, string> = {
  deposit: "Deposit",
  balance: "Balance",
  tip: "Tip",
  refund: "Refund",
};

/** A form that only lacks the method, or the form of a refused payment to correct. */
export function paymentForm(charter: Charter, correct?: OutboxEntry): PaymentForm {
  if (correct) {
    const { request } = correct;
    return {
      amount: plainAmount(request.amount_cents, correct.currency),
      method: request.method,
      kind: request.kind,
      refund_of: request.refund_of ?? "",
      reference: request.reference ?? "",
      payer: request.payer ?? charter.patron.name,
      received: toLocal(new Date(trueTime(correct)), charter.timezone),
      received_at: trueTime(correct),
      notify: request.notify,
      email: "",
    };
  }
  // What comes when all is paid is a tip, most likely.
  const kind = charter.balance.charged_cents > 0 && charter.balance.balance_due_cents <= 0 ? "tip" : "balance";
  return {
    amount: suggestion(kind, charter),
    method: null,
    kind,
    refund_of: "",
    reference: "",
    payer: charter.patron.name,
    received: "",
    received_at: "",
    notify: true,
    email: "",
  };
}

/** The charter as it is once what waits on this device is sent: what was logged without a network is paid, too. */
export function afterUnsent(charter: Charter, waiting: readonly OutboxEntry[]): Charter {
  const rows = waiting
    .filter(({ event_id, state }) => event_id === charter.event_id && state === "waiting")
    .flatMap(({ request, rest = [] }) => [request, ...rest]);
  const paid_cents = rows.reduce((sum, { kind, amount_cents }) => sum + (settles(kind) ? amount_cents : 0), 0);
  if (paid_cents === 0) return charter;
  const { balance } = charter;
  return { ...charter, balance: { ...balance, balance_due_cents: balance.balance_due_cents - paid_cents } };
}

/** The server's rule, so that it is asked about before it is sent: more than twice what is due. */
export function isUnusualAmount(cents: number, kind: PaymentKind, { balance, charter_fee_cents }: Charter): boolean {
  return settles(kind) && charter_fee_cents > 0 && cents > 2 * Math.max(balance.balance_due_cents, 0);
}

/** What the button does: `Log $850 cash`. */
export function submitText({ amount, method, kind }: PaymentForm, { currency }: Charter): string {
  const { cents } = parseMoney(amount, currency, paymentLimits.amount_cents);
  if (cents === undefined) return "Log payment";
  const how = method && methods[method].name;
  const what = settles(kind) ? "" : kindNames[kind].toLowerCase();
  return ["Log", formatMoneyShort(cents, currency), how, what].filter(Boolean).join(" ");
}

/** What the fields hold that are not shown yet: `Received now, from Kayla Jensen, as balance`. */
export function summaryText({ payer, kind, received, notify }: PaymentForm, { patron }: Charter): string {
  const when = received ? received.replace("T", " ") : "now";
  const who = payer.trim() || patron.name;
  const told = patron.email && (notify ? ", with a receipt by email" : ", without a receipt");
  return `Received ${when}${who && `, from ${isolate(who)}`}, as ${kindNames[kind].toLowerCase()}${told}`;
}

/** The form for another kind: a suggested amount follows the kind, a typed one stays. */
export function withKind(form: PaymentForm, kind: PaymentKind, charter: Charter): PaymentForm {
  const suggested = form.amount === suggestion(form.kind, charter);
  return { ...form, kind, amount: suggested ? suggestion(kind, charter) : form.amount };
}

/** The balance due is what a payment likely is; a tip or a refund may be anything. */
function suggestion(kind: PaymentKind, { balance, currency }: Charter): string {
  const due_cents = balance.balance_due_cents;
  return settles(kind) && due_cents > 0 ? plainAmount(due_cents, currency) : "";
}

type Wrong = Readonly<Record<string, string>>;
type ReadPayment = { request: PaymentRequest; errors?: never } | { request?: never; errors: Wrong };

/** Turns the form into the request, or says field by field what is wrong. Pass `hasEmail` where the device cannot know. */
export function readPaymentForm(
  form: PaymentForm,
  charter: Charter,
  now: Date,
  hasEmail = charter.patron.email !== "",
): ReadPayment {
  const { shared, errors: unshared = {} } = readShared(form, charter, now, hasEmail);
  const errors: Record<string, string> = { ...unshared };
  const amount = parseMoney(form.amount, charter.currency, paymentLimits.amount_cents);
  if (amount.error) errors.amount_cents = amount.error;
  if (!form.method) errors.method = "Choose how it was paid.";
  if (form.kind === "refund" && !form.refund_of) {
    errors.refund_of = "Choose the payment that is refunded.";
  }
  if (Object.keys(errors).length > 0 || !shared || !form.method) return { errors };
  const payer = form.payer.trim();
  const reference = form.reference.trim();
  return {
    request: {
      kind: form.kind,
      method: form.method,
      amount_cents: amount.cents ?? 0,
      ...shared,
      // The server knows the patron's name; only another one needs to travel.
      ...(payer && payer !== charter.patron.name ? { payer } : {}),
      ...(reference ? { reference } : {}),
      ...(form.kind === "refund" ? { refund_of: form.refund_of } : {}),
    },
  };
}

/** What payments that are logged as one have in common. */
export type SharedRequest = Pick<PaymentRequest, "received_at" | "notify" | "ask_if_duplicate" | "ask_if_unusual">;

/** When it was received and whether the patron is told, which is one thing for all payments that are logged as one. */
export function readShared(
  form: PaymentForm,
  { timezone }: Charter,
  now: Date,
  hasEmail: boolean,
): { shared: SharedRequest; errors?: never } | { shared?: never; errors: Wrong } {
  const { instant, error } = receivedAt(form, timezone, now);
  if (!instant) return { errors: { received_at: error } };
  const notify = form.notify && hasEmail;
  return { shared: { received_at: toRfc3339(instant), notify, ask_if_duplicate: true, ask_if_unusual: true } };
}

/** The moment that was typed, local to the charter; the exact one behind it while that is as it was. */
export function receivedAt(
  { received: local, received_at: exact }: Pick<PaymentForm, "received" | "received_at">,
  timezone: string,
  now: Date,
): { instant: Date; error?: never } | { instant?: never; error: string } {
  if (local === "") return { instant: now };
  if (exact && toLocal(new Date(exact), timezone) === local) return { instant: new Date(exact) };
  const zoned = zonedTime(local, timezone);
  if (!zoned) return { error: "Enter a date and a time." };
  if (zoned.kind === "never") return { error: "Clocks skip this time. Choose another." };
  const instant = zoned.kind === "one" ? zoned.instant : zoned.earlier;
  // Clocks differ by a little.
  if (instant.getTime() > now.getTime() + 60_000) return { error: "This is in the future." };
  return { instant: instant.getTime() > now.getTime() ? now : instant };
}

/** The form for a refund of a payment: what is left of that is suggested, a typed amount stays. */
export function withRefundOf(form: PaymentForm, refund_of: string, payments: readonly Payment[]): PaymentForm {
  const suggested = form.amount === leftOf(form.refund_of, payments);
  return { ...form, refund_of, amount: suggested ? leftOf(refund_of, payments) : form.amount };
}

/** The fields of a refund of all that is left of a payment, the way that it came. */
export function refundOf({ payment_id, method, payer }: Payment, payments: readonly Payment[]): Partial<PaymentForm> {
  return { kind: "refund", refund_of: payment_id, method, payer, amount: leftOf(payment_id, payments) };
}

function leftOf(id: string, payments: readonly Payment[]): string {
  const payment = payments.find(({ payment_id }) => payment_id === id);
  return payment ? plainAmount(leftCents(payment, payments), payment.currency) : "";
}

/** Payments that money can still be given back from. */
export function refundable(payments: readonly Payment[]): Payment[] {
  return payments.filter((payment) => payment.kind !== "refund" && isLive(payment) && leftCents(payment, payments) > 0);
}
