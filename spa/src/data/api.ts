import type {
  CharterDetails,
  CharterEdit,
  CheckIn,
  NewPayment,
  Passenger,
  Payment,
  PaymentAndEvent,
  WaiverLanguage,
  WaiverRecord,
} from "./contract";
import { call, callWithHeaders, csv, type Query } from "./request";

export { ApiError } from "./request";

// --- session ----------------------------------------------------------------------------------

export function login(password: string, name: string, keep_signed_in: boolean, code = "") {
  const body = {
    password,
    ...(name ? { name } : {}),
    ...(keep_signed_in ? { keep_signed_in } : {}),
    ...(code ? { code } : {}),
  };
  return call("post", "/api/login", { body, open: true });
}

export const logout = () => call("post", "/api/logout", { timeout_ms: 5_000 });

// --- charters ---------------------------------------------------------------------------------

const CHARTER = "/api/events/{event_id}";

export const listCharters = (query: Query<"/api/events">) => call("get", "/api/events", { query });

export const readCharter = (event_id: string) => call("get", CHARTER, { path: { event_id } });

/** Creates a charter; with the same key again it answers the same charter. */
export const createCharter = (key: string, body: CharterDetails) =>
  call("post", "/api/events", { body, headers: { "Idempotency-Key": key } });

export const editCharter = (event_id: string, body: CharterEdit) =>
  call("patch", CHARTER, { path: { event_id }, body });

export const cancelCharter = (event_id: string, reason: string) =>
  call("post", `${CHARTER}/cancel`, { path: { event_id }, body: { reason } });

/** Mails the listed guests who have not signed, each at most once in six hours. */
export const remindGuests = (event_id: string, guest_ids?: string[]) =>
  call("post", `${CHARTER}/waiver-reminders`, { path: { event_id }, body: guest_ids ? { guest_ids } : {} });

/** Opens a charter that is over for signatures, for 24 hours from now. */
export const reopenWaivers = (event_id: string) =>
  call("post", `${CHARTER}/reopen-waivers`, { path: { event_id }, body: {} });

export const readGuest = (event_id: string) => call("get", "/api/guest/{event_id}", { path: { event_id }, open: true });

// --- manifest ---------------------------------------------------------------------------------

export type DockState = CheckIn["state"];

export const readManifest = (event_id: string) => call("get", `${CHARTER}/manifest`, { path: { event_id } });

/** Ticks a passenger off: by the signature, or by the line of the guest list without one. */
export const checkIn = (event_id: string, { waiver_id, guest_id }: Passenger, state: DockState) =>
  call("post", `${CHARTER}/check-in`, {
    path: { event_id },
    body: { ...(waiver_id ? { waiver_id } : { guest_id }), state },
  });

export const noteBriefing = (event_id: string, done: boolean) =>
  call("post", `${CHARTER}/safety-briefing`, { path: { event_id }, body: { done } });

/** Freezes the manifest and mails it ashore; the first departure stands. */
export const depart = (event_id: string) => call("post", `${CHARTER}/depart`, { path: { event_id }, body: {} });

export const manifestCsv = (event_id: string) => csv(`${CHARTER}/manifest.csv`, { path: { event_id } });

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

export const readPayments = async (event_id: string) =>
  (await call("get", `${CHARTER}/payments`, { path: { event_id } })).payments;

export const voidPayment = (payment: Payment, reason: string) =>
  call("post", `${PAYMENT}/void`, { path: ids(payment), body: { reason } });

export const bouncePayment = (payment: Payment, reason: string) =>
  call("post", `${PAYMENT}/bounce`, { path: ids(payment), body: { reason } });

/** Marks a payment as cleared, now or at another moment of the past. */
export const clearPayment = (payment: Payment, cleared_at?: string) =>
  call("post", `${PAYMENT}/clear`, { path: ids(payment), body: cleared_at ? { cleared_at } : {} });

export const resendReceipt = (payment: Payment) => call("post", `${PAYMENT}/receipt`, { path: ids(payment), body: {} });

const ids = ({ event_id, payment_id }: Payment) => ({ event_id, payment_id });

export const listPayments = (query: Query<"/api/payments">) => call("get", "/api/payments", { query });

/** Payments that are not cleared yet, however old, oldest first. */
export const listToClear = (query: Query<"/api/payments/to-clear">) => call("get", "/api/payments/to-clear", { query });

export const readSummary = (query: Query<"/api/payments/summary">) => call("get", "/api/payments/summary", { query });

export const paymentsCsv = (query: Query<"/api/payments.csv">) => csv("/api/payments.csv", { query });

// --- mail -------------------------------------------------------------------------------------

export const listMail = (query: Query<"/api/mail">) => call("get", "/api/mail", { query });

/** Sends a failed or uncertain mail once more; an uncertain one may then arrive twice. */
export const retryMail = (mail_id: string) =>
  call("post", "/api/mail/{mail_id}/retry", { path: { mail_id }, body: {} });

// --- waivers ----------------------------------------------------------------------------------

export const readWaiverVersions = () => call("get", "/api/waiver-versions");

/** Makes a text the current one of its language; the current text again changes nothing. */
export const publishWaiver = (title: string, text: string, language: WaiverLanguage) =>
  call("put", "/api/waiver-versions/current", { body: { title, text, language } });

export const previewWaiver = async (text: string) =>
  (await call("post", "/api/waiver-versions/preview", { body: { text } })).blocks;

export const listSuperseded = async () => (await call("get", "/api/waiver-versions/superseded")).events;

/** Mails those who have signed an older text, each at most once in six hours. */
export const askAgain = (event_id: string) => call("post", `${CHARTER}/ask-again`, { path: { event_id }, body: {} });

export const listWaivers = (query: Query<"/api/waivers">) => call("get", "/api/waivers", { query });

/** The whole chain of signed waivers as one file, fetched in parts. */
export async function exportChain(): Promise<Blob> {
  const records: WaiverRecord[] = [];
  let versions: Record<string, string> = {};
  for (let after = 0; ; ) {
    const query = { after: String(after) };
    const part = await call("get", "/api/waivers.json", { query, timeout_ms: 60_000 });
    records.push(...part.records);
    versions = { ...versions, ...part.versions };
    if (part.next_after == null) {
      const { format, count, head } = part;
      const file = JSON.stringify({ format, count, head, versions, records });
      return new Blob([file], { type: "application/json" });
    }
    after = part.next_after;
  }
}

export const readWaiver = (event_id: string, waiver_id: string) =>
  call("get", `${CHARTER}/waivers/{waiver_id}`, { path: { event_id, waiver_id } });
