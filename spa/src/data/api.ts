import type {
  CharterDetails,
  CharterEdit,
  CheckIn,
  Leaf,
  NewPayment,
  Passenger,
  Payment,
  PaymentAndEvent,
  WaiverLanguage,
} from "./contract";
import { call, callWithHeaders, file, type Query } from "./request";

export { ApiError } from "./request";

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

export const readCharter = (event_id: string) => call("get", CHARTER, { path: { event_id } });

/** Who has changed what of a charter, newest first. */
export const readHistory = (event_id: string, query: Query<"/api/events/{event_id}/history">) =>
  call("get", `${CHARTER}/history`, { path: { event_id }, query });

/** Creates a charter; with the same key again it answers the same charter. */
export const createCharter = (key: string, body: CharterDetails) =>
  call("post", "/api/events", { body, headers: { "Idempotency-Key": key } });

export const editCharter = (event_id: string, body: CharterEdit) =>
  call("patch", CHARTER, { path: { event_id }, body });

/** The mails that `notify` would send with this edit; nothing is changed. */
export const previewEdit = (event_id: string, body: CharterEdit) =>
  call("post", `${CHARTER}/edit-preview`, { path: { event_id }, body });

export const cancelCharter = (event_id: string, reason: string, notify: boolean) =>
  call("post", `${CHARTER}/cancel`, { path: { event_id }, body: { reason, notify } });

/** The mails that `notify` would send with a cancellation; nothing is changed. */
export const previewCancel = (event_id: string) =>
  call("post", `${CHARTER}/cancel-preview`, { path: { event_id }, body: {} });

/** Mails the listed guests who have not signed, each at most once in six hours. */
export const remindGuests = (event_id: string, guest_ids?: string[]) =>
  call("post", `${CHARTER}/waiver-reminders`, { path: { event_id }, body: guest_ids ? { guest_ids } : {} });

/** Opens a charter that is over for signatures, for 24 hours from now. */
export const reopenWaivers = (event_id: string) =>
  call("post", `${CHARTER}/reopen-waivers`, { path: { event_id }, body: {} });

/** Gives the charter a new guest link; the one before leads nowhere from now on. */
export const renewGuestLink = (event_id: string) =>
  call("post", `${CHARTER}/guest-link`, { path: { event_id }, body: {} });

/** `link`: what a guest link ends in. */
export const readGuest = (link: string) =>
  call("get", "/api/guest/{event_id}", { path: { event_id: link }, open: true });

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

export const manifestCsv = (event_id: string) => file(`${CHARTER}/manifest.csv`, "text/csv", { path: { event_id } });

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

export const paymentsCsv = (query: Query<"/api/payments.csv">) => file("/api/payments.csv", "text/csv", { query });

// --- mail -------------------------------------------------------------------------------------

export const listMail = (query: Query<"/api/mail">) => call("get", "/api/mail", { query });

/** Sends a mail once more that failed or is uncertain, or the copy of a waiver; an uncertain one may then arrive twice. */
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

/** The whole log of the waivers as one file, fetched in parts; the last part has the log's head of that moment. */
export async function exportLog(): Promise<Blob> {
  const leaves: Leaf[] = [];
  let after = 0;
  for (;;) {
    const part = await call("get", "/api/waivers.json", { query: { after: String(after) }, timeout_ms: 60_000 });
    leaves.push(...part.leaves);
    if (part.next === null) return jsonFile({ leaves, checkpoint: part.checkpoint, next: null });
    after = part.next;
  }
}

/** The log's head: three lines, of which the second is how many entries it has. */
export const readCheckpoint = async () => (await file("/api/waivers/checkpoint", "text/plain")).text();

const WAIVER = `${CHARTER}/waivers/{waiver_id}` as const;

export const readWaiver = (event_id: string, waiver_id: string) =>
  call("get", WAIVER, { path: { event_id, waiver_id } });

/** One record with all that proves it, as a file. */
export const waiverBundle = async (event_id: string, waiver_id: string) =>
  jsonFile(await call("get", `${WAIVER}/bundle`, { path: { event_id, waiver_id } }));

/** From now on the record counts nowhere; it stays in the log. */
export const setWaiverAside = (event_id: string, waiver_id: string, reason: string) =>
  call("post", `${WAIVER}/set-aside`, { path: { event_id, waiver_id }, body: { reason } });

/** Erases for good what is personal of a record; its proof stays. */
export const eraseWaiver = (event_id: string, waiver_id: string, reason: string) =>
  call("post", `${WAIVER}/erase`, { path: { event_id, waiver_id }, body: { reason } });

const jsonFile = (content: object) => new Blob([JSON.stringify(content)], { type: "application/json" });
