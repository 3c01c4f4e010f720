import type {
  AskedAgain,
  Block,
  CharterDetail,
  CharterDetails,
  CharterEdit,
  CharterEvent,
  CharterPage,
  CheckIn,
  GuestEvent,
  Login,
  Mail,
  MailPage,
  Manifest,
  NewPayment,
  NewVersion,
  OutdatedCharter,
  Passenger,
  Payment,
  PaymentAndEvent,
  PaymentPage,
  RecordDetail,
  RemindersSent,
  Summary,
  VersionList,
  WaiverPage,
  WaiverRecord,
  WaiverVersion,
} from "./contract";
import { call, callWithHeaders, csv, type Query } from "./request";

export { ApiError } from "./request";

// --- session ----------------------------------------------------------------------------------

export function login(
  password: string,
  name: string,
  keep_signed_in: boolean,
  code = "",
): Promise<Login> {
  const body = {
    password,
    ...(name ? { name } : {}),
    ...(keep_signed_in ? { keep_signed_in } : {}),
    ...(code ? { code } : {}),
  };
  return call("post", "/api/login", { body, open: true });
}

export async function logout(): Promise<void> {
  await call("post", "/api/logout", { timeout_ms: 5_000 });
}

// --- charters ---------------------------------------------------------------------------------

const CHARTER = "/api/events/{event_id}";

export function listCharters(query: Query<"/api/events">): Promise<CharterPage> {
  return call("get", "/api/events", { query });
}

export function readCharter(event_id: string): Promise<CharterDetail> {
  return call("get", CHARTER, { path: { event_id } });
}

/** Creates a charter; with the same key again it answers the same charter. */
export function createCharter(key: string, body: CharterDetails): Promise<CharterEvent> {
  return call("post", "/api/events", { body, headers: { "Idempotency-Key": key } });
}

export function editCharter(event_id: string, body: CharterEdit): Promise<CharterEvent> {
  return call("patch", CHARTER, { path: { event_id }, body });
}

export function cancelCharter(event_id: string, reason: string): Promise<CharterEvent> {
  return call("post", `${CHARTER}/cancel`, { path: { event_id }, body: { reason } });
}

/** Mails the listed guests who have not signed, each at most once in six hours. */
export function remindGuests(event_id: string, guest_ids?: string[]): Promise<RemindersSent> {
  const body = guest_ids ? { guest_ids } : {};
  return call("post", `${CHARTER}/waiver-reminders`, { path: { event_id }, body });
}

/** Opens a charter that is over for signatures, for 24 hours from now. */
export function reopenWaivers(event_id: string): Promise<CharterEvent> {
  return call("post", `${CHARTER}/reopen-waivers`, { path: { event_id }, body: {} });
}

export function readGuest(event_id: string): Promise<GuestEvent> {
  return call("get", "/api/guest/{event_id}", { path: { event_id }, open: true });
}

// --- manifest ---------------------------------------------------------------------------------

export type DockState = CheckIn["state"];

export function readManifest(event_id: string): Promise<Manifest> {
  return call("get", `${CHARTER}/manifest`, { path: { event_id } });
}

/** Ticks a passenger off: by the signature, or by the place on the list without one. */
export function checkIn(
  event_id: string,
  { waiver_id, guest_id }: Passenger,
  state: DockState,
): Promise<Manifest> {
  const body = { ...(waiver_id ? { waiver_id } : { guest_id }), state };
  return call("post", `${CHARTER}/check-in`, { path: { event_id }, body });
}

export function noteBriefing(event_id: string, done: boolean): Promise<Manifest> {
  return call("post", `${CHARTER}/safety-briefing`, { path: { event_id }, body: { done } });
}

/** Freezes the manifest and mails it ashore; the first departure stands. */
export function depart(event_id: string): Promise<Manifest> {
  return call("post", `${CHARTER}/depart`, { path: { event_id }, body: {} });
}

export function manifestCsv(event_id: string): Promise<Blob> {
  return csv(`${CHARTER}/manifest.csv`, { path: { event_id } });
}

// --- payments ---------------------------------------------------------------------------------

const PAYMENT = `${CHARTER}/payments/{payment_id}` as const;

export async function putPayment(
  event_id: string,
  payment_id: string,
  body: NewPayment,
): Promise<PaymentAndEvent & { replayed: boolean }> {
  const path = { event_id, payment_id };
  const { data, headers } = await callWithHeaders("put", PAYMENT, { path, body });
  return { ...data, replayed: headers.get("Idempotency-Replayed") === "true" };
}

export async function readPayments(event_id: string): Promise<Payment[]> {
  return (await call("get", `${CHARTER}/payments`, { path: { event_id } })).payments;
}

export function voidPayment(payment: Payment, reason: string): Promise<PaymentAndEvent> {
  return call("post", `${PAYMENT}/void`, { path: ids(payment), body: { reason } });
}

export function bouncePayment(payment: Payment, reason: string): Promise<PaymentAndEvent> {
  return call("post", `${PAYMENT}/bounce`, { path: ids(payment), body: { reason } });
}

/** Marks a payment as cleared, now or at another moment of the past. */
export function clearPayment(payment: Payment, cleared_at?: string): Promise<PaymentAndEvent> {
  const body = cleared_at ? { cleared_at } : {};
  return call("post", `${PAYMENT}/clear`, { path: ids(payment), body });
}

export async function resendReceipt(payment: Payment): Promise<void> {
  await call("post", `${PAYMENT}/receipt`, { path: ids(payment), body: {} });
}

function ids({ event_id, payment_id }: Payment) {
  return { event_id, payment_id };
}

export function listPayments(query: Query<"/api/payments">): Promise<PaymentPage> {
  return call("get", "/api/payments", { query });
}

/** Payments that are not cleared yet, however old, oldest first. */
export function listToClear(query: Query<"/api/payments/to-clear">): Promise<PaymentPage> {
  return call("get", "/api/payments/to-clear", { query });
}

export function readSummary(query: Query<"/api/payments/summary">): Promise<Summary> {
  return call("get", "/api/payments/summary", { query });
}

export function paymentsCsv(query: Query<"/api/payments.csv">): Promise<Blob> {
  return csv("/api/payments.csv", { query });
}

// --- mail -------------------------------------------------------------------------------------

export function listMail(query: Query<"/api/mail">): Promise<MailPage> {
  return call("get", "/api/mail", { query });
}

/** Sends a failed or uncertain mail once more; an uncertain one may then arrive twice. */
export function retryMail(mail_id: string): Promise<Mail> {
  return call("post", "/api/mail/{mail_id}/retry", { path: { mail_id }, body: {} });
}

// --- waivers ----------------------------------------------------------------------------------

export function readWaiverVersions(): Promise<VersionList> {
  return call("get", "/api/waiver-versions");
}

/** Makes a text the current one of its language; the current text again changes nothing. */
export function publishWaiver(
  title: string,
  text: string,
  language: NonNullable<NewVersion["language"]>,
): Promise<WaiverVersion> {
  return call("put", "/api/waiver-versions/current", { body: { title, text, language } });
}

export async function previewWaiver(text: string): Promise<Block[]> {
  return (await call("post", "/api/waiver-versions/preview", { body: { text } })).blocks;
}

export async function listSuperseded(): Promise<OutdatedCharter[]> {
  return (await call("get", "/api/waiver-versions/superseded")).events;
}

/** Mails those who have signed an older text, each at most once in six hours. */
export function askAgain(event_id: string): Promise<AskedAgain> {
  return call("post", `${CHARTER}/ask-again`, { path: { event_id }, body: {} });
}

export function listWaivers(query: Query<"/api/waivers">): Promise<WaiverPage> {
  return call("get", "/api/waivers", { query });
}

/** The whole chain of signed waivers as one file, fetched in parts. */
export async function exportChain(): Promise<Blob> {
  const records: WaiverRecord[] = [];
  let versions: Record<string, string> = {};
  for (let after = 0; ; ) {
    const part = await call("get", "/api/waivers.json", {
      query: { after: String(after) },
      timeout_ms: 60_000,
    });
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

export function readWaiver(event_id: string, waiver_id: string): Promise<RecordDetail> {
  return call("get", `${CHARTER}/waivers/{waiver_id}`, { path: { event_id, waiver_id } });
}
