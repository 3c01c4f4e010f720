import type {
  AskedAnswer,
  Block,
  ChainPart,
  CharterDetail,
  CharterEvent,
  CharterPage,
  GuestEvent,
  Mail,
  MailPage,
  MailStatus,
  Manifest,
  Passenger,
  Payment,
  PaymentAnswer,
  PaymentPage,
  PaymentRequest,
  PeriodLength,
  RemindersAnswer,
  Summary,
  SupersededEvent,
  ToClearPage,
  WaiverDetail,
  WaiverLanguage,
  WaiverPage,
  WaiverVersion,
  WaiverVersions,
} from "./contract";
import * as session from "./session";

const TIMEOUT_MS = 20_000;

/**
 * Why a call has failed. `network`, `timeout`, `masked` (an answer that is not the API's) and
 * `server` may pass by themselves; `refused` is a clear no from the API.
 */
export type Failure = "network" | "timeout" | "masked" | "server" | "refused";

export class ApiError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
    readonly status = 0,
    readonly code = "",
    readonly fields: Readonly<Record<string, string>> = {},
    readonly retry_after_s: number | null = null,
    /** The present state of what could not be changed (409). */
    readonly current: unknown = null,
    /** The payment that the refused one may repeat (409). */
    readonly duplicate: Payment | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

let onSuccess = () => {};

/** Calls `listener` after each call that the API has answered well. */
export function afterEachSuccess(listener: () => void): void {
  onSuccess = listener;
}

interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH";
  body?: unknown;
  headers?: Record<string, string>;
  /** Guest pages and the login send no token. */
  open?: boolean;
  timeout_ms?: number;
}

interface Answer<T> {
  status: number;
  data: T;
  headers: Headers;
}

export function login(
  password: string,
  name: string,
  keep_signed_in: boolean,
  code = "",
): Promise<{ token: string }> {
  const body = {
    password,
    ...(name ? { name } : {}),
    ...(keep_signed_in ? { keep_signed_in } : {}),
    ...(code ? { code } : {}),
  };
  return json("/api/login", { method: "POST", body, open: true });
}

export async function logout(): Promise<void> {
  await request("/api/logout", { method: "POST", timeout_ms: 5_000 });
}

export interface CharterQuery {
  from?: string;
  to?: string;
  limit?: number;
  cursor?: string;
}

export function listCharters(query: CharterQuery): Promise<CharterPage> {
  return json(`/api/events${search(query)}`);
}

export function readCharter(event_id: string): Promise<CharterDetail> {
  return json(`/api/events/${event_id}`);
}

/** Creates a charter; with the same key again it answers the same charter. */
export function createCharter(key: string, body: unknown): Promise<CharterEvent> {
  return json("/api/events", { method: "POST", body, headers: { "Idempotency-Key": key } });
}

export function editCharter(event_id: string, body: unknown): Promise<CharterEvent> {
  return json(`/api/events/${event_id}`, { method: "PATCH", body });
}

export function cancelCharter(event_id: string, reason: string): Promise<CharterEvent> {
  return json(`/api/events/${event_id}/cancel`, { method: "POST", body: { reason } });
}

/** Mails the listed guests who have not signed, each at most once in six hours. */
export function remindGuests(event_id: string, guest_ids?: string[]): Promise<RemindersAnswer> {
  const body = guest_ids ? { guest_ids } : {};
  return json(`/api/events/${event_id}/waiver-reminders`, { method: "POST", body });
}

/** Opens a charter that is over for signatures, for 24 hours from now. */
export function reopenWaivers(event_id: string): Promise<CharterEvent> {
  return json(`/api/events/${event_id}/reopen-waivers`, { method: "POST", body: {} });
}

export function readManifest(event_id: string): Promise<Manifest> {
  return json(`/api/events/${event_id}/manifest`);
}

export type DockState = "aboard" | "no_show" | "clear";

/** Ticks a passenger off: by the signature, or by the place on the list without one. */
export function checkIn(
  event_id: string,
  { waiver_id, guest_id }: Passenger,
  state: DockState,
): Promise<Manifest> {
  const who = waiver_id ? { waiver_id } : { guest_id };
  return json(`/api/events/${event_id}/check-in`, { method: "POST", body: { ...who, state } });
}

export function noteBriefing(event_id: string, done: boolean): Promise<Manifest> {
  return json(`/api/events/${event_id}/safety-briefing`, { method: "POST", body: { done } });
}

/** Freezes the manifest and mails it ashore; the first departure stands. */
export function depart(event_id: string): Promise<Manifest> {
  return json(`/api/events/${event_id}/depart`, { method: "POST", body: {} });
}

export async function putPayment(
  event_id: string,
  payment_id: string,
  body: PaymentRequest,
): Promise<PaymentAnswer & { replayed: boolean }> {
  const path = `/api/events/${event_id}/payments/${payment_id}`;
  const { data, headers } = await request<PaymentAnswer>(path, { method: "PUT", body });
  return { ...data, replayed: headers.get("Idempotency-Replayed") === "true" };
}

export async function readPayments(event_id: string): Promise<Payment[]> {
  const { payments } = await json<{ payments: Payment[] }>(`/api/events/${event_id}/payments`);
  return payments;
}

export function voidPayment(payment: Payment, reason: string): Promise<PaymentAnswer> {
  return json(`${paymentPath(payment)}/void`, { method: "POST", body: { reason } });
}

export function bouncePayment(payment: Payment, reason: string): Promise<PaymentAnswer> {
  return json(`${paymentPath(payment)}/bounce`, { method: "POST", body: { reason } });
}

/** Marks a payment as cleared, now or at another moment of the past. */
export function clearPayment(payment: Payment, cleared_at?: string): Promise<PaymentAnswer> {
  const body = cleared_at ? { cleared_at } : {};
  return json(`${paymentPath(payment)}/clear`, { method: "POST", body });
}

export async function resendReceipt(payment: Payment): Promise<void> {
  await request(`${paymentPath(payment)}/receipt`, { method: "POST", body: {} });
}

function paymentPath({ event_id, payment_id }: Payment): string {
  return `/api/events/${event_id}/payments/${payment_id}`;
}

export interface PaymentQuery {
  from?: string;
  to?: string;
  status?: string;
  method?: string;
  limit?: number;
  cursor?: string;
}

export function listPayments(query: PaymentQuery): Promise<PaymentPage> {
  return json(`/api/payments${search(query)}`);
}

/** Payments that are not cleared yet, however old, oldest first. */
export function listToClear(query: { limit?: number; cursor?: string }): Promise<ToClearPage> {
  return json(`/api/payments/to-clear${search(query)}`);
}

export interface SummaryQuery {
  from: string;
  to: string;
  by: PeriodLength;
}

export function readSummary(query: SummaryQuery): Promise<Summary> {
  return json(`/api/payments/summary${search(query)}`);
}

export function paymentsCsv(query: { from: string; to: string }): Promise<Blob> {
  return csv(`/api/payments.csv${search(query)}`);
}

export function manifestCsv(event_id: string): Promise<Blob> {
  return csv(`/api/events/${event_id}/manifest.csv`);
}

async function csv(path: string): Promise<Blob> {
  const response = await send(path, { timeout_ms: 60_000 });
  if (!response.ok || !response.headers.get("Content-Type")?.startsWith("text/csv")) {
    throw await failure(response);
  }
  return response.blob();
}

export interface MailQuery {
  status: MailStatus;
  limit?: number;
  cursor?: string;
}

export function listMail(query: MailQuery): Promise<MailPage> {
  return json(`/api/mail${search(query)}`);
}

/** Sends a failed or uncertain mail once more; an uncertain one may then arrive twice. */
export function retryMail(mail_id: string): Promise<Mail> {
  return json(`/api/mail/${mail_id}/retry`, { method: "POST", body: {} });
}

export function readGuest(event_id: string): Promise<GuestEvent> {
  return json(`/api/guest/${event_id}`, { open: true });
}

export function readWaiverVersions(): Promise<WaiverVersions> {
  return json("/api/waiver-versions");
}

/** Makes a text the current one of its language; the current text again changes nothing. */
export function publishWaiver(
  title: string,
  text: string,
  language: WaiverLanguage,
): Promise<WaiverVersion> {
  return json("/api/waiver-versions/current", { method: "PUT", body: { title, text, language } });
}

export async function previewWaiver(text: string): Promise<Block[]> {
  const path = "/api/waiver-versions/preview";
  return (await json<{ blocks: Block[] }>(path, { method: "POST", body: { text } })).blocks;
}

export async function listSuperseded(): Promise<SupersededEvent[]> {
  return (await json<{ events: SupersededEvent[] }>("/api/waiver-versions/superseded")).events;
}

/** Mails those who have signed an older text, each at most once in six hours. */
export function askAgain(event_id: string): Promise<AskedAnswer> {
  return json(`/api/events/${event_id}/ask-again`, { method: "POST", body: {} });
}

export interface WaiverQuery {
  query?: string;
  limit?: number;
  cursor?: string;
}

export function listWaivers(query: WaiverQuery): Promise<WaiverPage> {
  return json(`/api/waivers${search(query)}`);
}

/** The whole chain of signed waivers as one file, fetched in parts. */
export async function exportChain(): Promise<Blob> {
  const records: unknown[] = [];
  let versions: Record<string, string> = {};
  for (let after = 0; ; ) {
    const part = await json<ChainPart>(`/api/waivers.json?after=${after}`, { timeout_ms: 60_000 });
    records.push(...part.records);
    versions = { ...versions, ...part.versions };
    if (part.next_after === null) {
      const { format, count, head } = part;
      const file = JSON.stringify({ format, count, head, versions, records });
      return new Blob([file], { type: "application/json" });
    }
    after = part.next_after;
  }
}

export function readWaiver(event_id: string, waiver_id: string): Promise<WaiverDetail> {
  return json(`/api/events/${event_id}/waivers/${waiver_id}`);
}

function search(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

async function json<T>(path: string, call: Call = {}): Promise<T> {
  return (await request<T>(path, call)).data;
}

/** One call of the API; every failure is an `ApiError` with a sentence that can be shown. */
export async function request<T>(path: string, call: Call = {}): Promise<Answer<T>> {
  const response = await send(path, call);
  if (!response.ok) throw await failure(response);
  if (response.status === 204) return { status: 204, data: null as T, headers: response.headers };
  if (!isJson(response)) {
    if (response.status === 202) return { status: 202, data: null as T, headers: response.headers };
    throw masked(response.status);
  }
  try {
    const data = (await response.json()) as T;
    if (!call.open) onSuccess();
    return { status: response.status, data, headers: response.headers };
  } catch {
    // The connection broke in the middle of the answer.
    throw new ApiError("network", "The answer broke off. Check the connection and try again.");
  }
}

async function send(path: string, call: Call): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...call.headers };
  const { value } = session.session;
  const token = !call.open && value.state === "in" ? value.token : null;
  if (token) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = {
    method: call.method ?? "GET",
    headers,
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout(call.timeout_ms ?? TIMEOUT_MS),
  };
  if (call.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(call.body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new ApiError("timeout", "The server did not answer in time. Try again.");
    }
    throw new ApiError("network", "The server cannot be reached. Check the connection.");
  }
  if (response.status === 401 && token) session.end(token);
  return response;
}

async function failure(response: Response): Promise<ApiError> {
  const { status } = response;
  if (!isJson(response)) {
    return status >= 500 ? unavailable(status) : masked(status);
  }
  let body: Record<string, unknown> = {};
  try {
    body = ((await response.json()) as Record<string, unknown> | null) ?? {};
  } catch {
    // An unreadable error is still an error of that status.
  }
  const code = typeof body.Code === "string" ? body.Code : "";
  const said = typeof body.Message === "string" ? body.Message : "";
  if (status >= 500) return unavailable(status);
  // The API names a code with every refusal; what has none was said by something before it.
  if (!code && status !== 401 && status !== 429) return masked(status);
  const fields = (body.Fields ?? {}) as Record<string, string>;
  const message = said || (status === 401 ? "Please log in." : `The server refused (${status}).`);
  const after = retryAfter_s(response.headers.get("Retry-After"));
  const current = body.current ?? null;
  const duplicate = (body.duplicate as Payment | undefined) ?? null;
  return new ApiError("refused", message, status, code, fields, after, current, duplicate);
}

function unavailable(status: number): ApiError {
  return new ApiError("server", `The server has a problem (${status}). Try again soon.`, status);
}

function masked(status: number): ApiError {
  return new ApiError(
    "masked",
    `The answer did not come from the booking server (${status}). Its address may be set up wrongly.`,
    status,
  );
}

function isJson(response: Response): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(response.headers.get("Content-Type") ?? "");
}

function retryAfter_s(header: string | null): number | null {
  if (!header) return null;
  const seconds = /^\d+$/.test(header)
    ? Number(header)
    : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.max(seconds, 1) : null;
}
