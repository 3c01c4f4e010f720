import type { CharterEdit, NewBatch, NewPayment, Payment, PaymentAndEvent } from "./contract";
import { call, callWithHeaders, type Query } from "./request";

export { ApiError, operator } from "./request";

// --- session ----------------------------------------------------------------------------------

export function login(password: string, name: string, keep_signed_in: boolean, code = "", device = "") {
  const body = {
    password,
    ...(name ? { name } : {}),
    ...(keep_signed_in ? { keep_signed_in } : {}),
    ...(code ? { code } : {}),
    ...(device ? { device } : {}),
  };
  return call("post", "/api/login", { body, open: true });
}

export const logout = () => call("post", "/api/logout", { timeout_ms: 5_000 });

// --- charters ---------------------------------------------------------------------------------

const CHARTER = "/api/events/{event_id}";

export const listCharters = (query: Query<"/api/events">) => call("get", "/api/events", { query });

/** Charters of any time by title, boat, patron, captain and crew, guests and signers; the first fifty. */
export const searchCharters = (q: string) => listCharters({ q, limit: 50 } as Query<"/api/events">);

export const readCharter = (event_id: string) => call("get", CHARTER, { path: { event_id } });

export const editCharter = (event_id: string, body: CharterEdit) =>
  call("patch", CHARTER, { path: { event_id }, body });

/** Mails the listed guests who have not signed, each at most once in six hours. */
export const remindGuests = (event_id: string, guest_ids?: string[]) =>
  call("post", `${CHARTER}/waiver-reminders`, { path: { event_id }, body: guest_ids ? { guest_ids } : {} });

// --- payments ---------------------------------------------------------------------------------

const PAYMENT = `${CHARTER}/payments/{payment_id}` as const;

/** `replayed`: it was there already, and nothing was added. */
export async function putPayment(
  event_id: string,
  payment_id: string,
  body: NewPayment,
): Promise<PaymentAndEvent & { replayed: boolean }> {
  const path = { event_id, payment_id };
  const { data, headers } = await callWithHeaders("put", PAYMENT, { path, body });
  return { ...data, replayed: headers.get("Idempotency-Replayed") === "true" };
}

/** Several payments, all or none, with one receipt. The first of them has the batch's id. */
export async function putBatch(event_id: string, batch_id: string, body: NewBatch) {
  const path = { event_id, batch_id };
  const { data, headers } = await callWithHeaders("put", `${CHARTER}/payment-batches/{batch_id}`, { path, body });
  const [payment, ...rest] = data.payments;
  return {
    payment: payment as Payment,
    rest,
    event: data.event,
    replayed: headers.get("Idempotency-Replayed") === "true",
  };
}

/** Who owes, how much and for how long. */
export const listReceivables = () => call("get", "/api/receivables");

export const readPayments = async (event_id: string) =>
  (await call("get", `${CHARTER}/payments`, { path: { event_id } })).payments;
