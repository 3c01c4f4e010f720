import { ApiError } from "../../data/api";
import { keepAnswer, keepCharters, refresh } from "../../data/charters";
import type { Charter, Payment, PaymentAndEvent } from "../../data/contract";
import { outbox } from "../../data/device-outbox";
import { cancelCharter, clearPayment, correctPayment } from "../../data/later-api";
import { methods } from "../../data/limits";
import { nowMs } from "../../lib/clock";
import { formatMoney } from "../../lib/money";
import { toRfc3339 } from "../../lib/time";
import type { Part } from "./cancel-money";

interface Cancelling {
  charter: Charter;
  reason: string;
  fee_cents: number;
  /** What is given back of which payment. */
  refunds: readonly Part[];
  /** What counts for another charter, and for which. */
  moves: { parts: readonly Part[]; to: Charter } | null;
  notify: boolean;
  /** The id of the payment of that name: tried again, it is the same payment. */
  idFor(name: string): string;
}

/**
 * Money that moves does so first: the mail about the cancellation then says what was paid without it. Refunds come last,
 * because they are of what is above the fee. Broken off, it can be done again; what is not done yet still shows as to give
 * back.
 */
export async function cancelWithMoney(asked: Cancelling): Promise<void> {
  const { charter, reason, fee_cents, refunds, moves, notify } = asked;
  for (const part of moves?.parts ?? []) await move(part, asked);
  if (moves) await refresh(charter.event_id);
  keepCharters([await cancelCharter(charter.event_id, reason, notify, fee_cents)]);
  for (const part of refunds) await queueRefund(part, asked);
  await outbox.flush();
}

/**
 * A payment has one row at one charter. Of one that moves in part, the rest is a new row where it was: it is on the device
 * before anything moves, for the answer to that may be lost.
 */
async function move({ payment, cents }: Part, { charter, moves, notify, idFor }: Cancelling): Promise<void> {
  if (!moves) return;
  const { event_id } = charter;
  const { payment_id, currency } = payment;
  const rest_cents = payment.amount_cents - cents;
  const whole = `${formatMoney(payment.amount_cents, currency)} ${methods[payment.method].name}`;
  const stays = rest_cents > 0 ? `, of which ${formatMoney(rest_cents, currency)} of the ${whole} stays` : "";
  // The patron's mail tells it.
  const corrects = { event_id, payment_id, reason: `${charter.title} was cancelled${stays}` };
  const moved_id = idFor(`${payment_id} moved`);
  const amount = rest_cents > 0 ? { amount_cents: cents } : {};
  const rest_id = idFor(`${payment_id} rest`);
  const { kind, method, payer, reference, received_at } = payment;
  if (rest_cents > 0) {
    const note = `Of ${whole}: the rest counts for another charter.`;
    const request = { kind, method, amount_cents: rest_cents, payer, reference, received_at, note, notify: false };
    const why = `It is what stays of ${whole} once the rest has moved to ${moves.to.title}. Try again if ${whole} is struck through here; if not, discard this.`;
    await outbox.hold({ payment_id: rest_id, event_id, request, currency }, why);
  }
  let moved: PaymentAndEvent;
  try {
    moved = await correctPayment(moves.to.event_id, moved_id, { corrects, ...amount, notify });
  } catch (error) {
    // Nothing has moved.
    if (error instanceof ApiError && error.failure === "refused") await outbox.discard(rest_id);
    throw error;
  }
  keepAnswer(moved);
  if (rest_cents === 0) return;

  await outbox.retry(rest_id);
  // The bank has shown both in one sum.
  if (payment.status !== "cleared" || methods[method].cleared_on_receipt || outbox.get(rest_id)) return;
  for (const row of [moved.payment, { ...payment, payment_id: rest_id }]) await clearAs(payment, row);
}

async function clearAs({ cleared_at, clearance }: Payment, row: Payment): Promise<void> {
  keepAnswer(await clearPayment(row, cleared_at ?? undefined, clearance?.evidence ?? undefined));
}

async function queueRefund({ payment, cents }: Part, { charter, notify, idFor }: Cancelling): Promise<void> {
  const { event_id, currency } = charter;
  const { method, payment_id: refund_of, payer } = payment;
  const received_at = toRfc3339(new Date(nowMs()));
  const request = { kind: "refund", method, amount_cents: cents, received_at, notify, refund_of, payer } as const;
  await outbox.add({ payment_id: idFor(`${refund_of} refund`), event_id, request, currency });
}
