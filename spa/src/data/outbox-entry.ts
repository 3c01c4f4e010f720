import { operatorClock } from "../lib/clock";
import { toRfc3339 } from "../lib/time";
import type { NewBatch, NewPayment, Payment, PaymentAndEvent } from "./contract";
import type { PaymentKind } from "./limits";

/** A payment as the dialog sends it: nothing of what matters is left to a default. */
export type PaymentRequest = NewPayment & { kind: PaymentKind; received_at: string; notify: boolean };

/** A payment that was logged together with another one; what both share stands at that one. */
export type BatchRow = NewBatch["payments"][number] & { kind: Exclude<PaymentKind, "refund"> };

/**
 * A payment that the server has not confirmed, or several that were logged as one. It holds what must be sent again word by word and
 * nothing more: no email address, no phone number, and a payer only if the admin typed one.
 */
export interface OutboxEntry {
  payment_id: string;
  event_id: string;
  request: PaymentRequest;
  /** The others of a batch, whose id is that of the first payment. They were received when that one was. */
  rest?: readonly BatchRow[];
  currency: string;
  created_at: string;
  /**
   * Set where nobody typed when the money was received: how far ahead the device's clock, which said so, was thought to
   * be. The server is told what that clock says at the sending.
   */
  clock_ahead_ms?: number;
  attempts: number;
  /** `waiting` sends itself; `refused` had a clear no and waits for the admin. */
  state: "waiting" | "refused";
  problem: Problem | null;
}

export interface Problem {
  status: number;
  message: string;
  fields: Readonly<Record<string, string>>;
  code?: string;
  /** The payment that this one may be once more. */
  duplicate?: FirstPayment | null;
}

export type FirstPayment = Pick<Payment, "payment_id" | "recorded_by" | "recorded_at" | "method" | "amount_cents">;

/** `rest`: the other payments of a batch. */
export type SentAnswer = PaymentAndEvent & { rest?: readonly Payment[]; replayed: boolean };

/** All payments of an answer. */
export function sentPayments({ payment, rest = [] }: SentAnswer): readonly Payment[] {
  return [payment, ...rest];
}

export type Question = "duplicate" | "unusual" | "clock";

const QUESTIONS: Readonly<Record<string, Question>> = {
  PossibleDuplicate: "duplicate",
  UnusualAmount: "unusual",
  DeviceClock: "clock",
};

/** What the server has asked about a payment instead of recording it; null when it was refused for good. */
export function questionOf(entry: OutboxEntry): Question | null {
  const asked = (entry.state === "refused" && QUESTIONS[entry.problem?.code ?? ""]) || null;
  return asked === "duplicate" && !entry.problem?.duplicate ? null : asked;
}

/** The payment that a refused one may repeat; null when it was refused for another reason. */
export function firstPayment(entry: OutboxEntry): FirstPayment | null {
  return questionOf(entry) === "duplicate" ? (entry.problem?.duplicate ?? null) : null;
}

/** Who says that it was paid twice has said that the amount is right. */
export function besideFirst(entry: OutboxEntry, { payment_id, method, amount_cents }: FirstPayment): OutboxEntry {
  const beside = { duplicate_of: payment_id };
  const request = { ...entry.request, unusual_ok: true };
  if (!entry.rest) return { ...entry, request: { ...request, ...beside } };
  const isAsked = (row: { method: string; amount_cents: number }) =>
    row.method === method && row.amount_cents === amount_cents;
  const rest = entry.rest.map((row) => (isAsked(row) ? { ...row, ...beside } : row));
  return { ...entry, request: isAsked(request) ? { ...request, ...beside } : request, rest };
}

/** What all payments of an entry come to. */
export function totalCents({ request, rest = [] }: Pick<OutboxEntry, "request" | "rest">): number {
  return rest.reduce((sum, { amount_cents }) => sum + amount_cents, request.amount_cents);
}

/** When a payment was received, had the device's clock been right. */
export function trueTime({ request, clock_ahead_ms }: OutboxEntry): string {
  const wrong_ms = clock_ahead_ms === undefined ? 0 : operatorClock.value.ahead_ms - clock_ahead_ms;
  return toRfc3339(new Date(Date.parse(request.received_at) - wrong_ms));
}

/** What is sent: with what the device's clock says where that decides when the money was received. */
export function sentRequest({ request, clock_ahead_ms }: OutboxEntry): PaymentRequest {
  if (clock_ahead_ms === undefined) return request;
  return { ...request, device_time: toRfc3339(new Date(Date.now() - clock_ahead_ms)) };
}

/** The same for a batch: what is asked about, and whether the patron is told, stands at the whole. */
export function sentBatch(entry: OutboxEntry): NewBatch {
  const {
    notify,
    ask_if_duplicate = false,
    ask_if_unusual = false,
    unusual_ok = false,
    ...others
  } = sentRequest(entry);
  const { device_time = null, ...request } = others;
  const first = { ...request, payment_id: entry.payment_id } as BatchRow;
  const rest = (entry.rest ?? []).map((row) => ({ ...row, received_at: request.received_at }));
  return { payments: [first, ...rest], notify, ask_if_duplicate, ask_if_unusual, unusual_ok, device_time };
}
