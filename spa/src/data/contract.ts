/** The shapes of the HTTP API. Amounts are minor units, times RFC 3339 in UTC. */

export interface Person {
  name: string;
  email: string;
  phone: string;
}

/** A guest whom the admin expects aboard; a new one has an empty id. */
export interface Guest {
  guest_id: string;
  name: string;
  email: string;
}

export interface Balance {
  charged_cents: number;
  received_cents: number;
  refunded_cents: number;
  tips_cents: number;
  uncleared_cents: number;
  balance_due_cents: number;
}

export type CharterStatus = "scheduled" | "completed" | "cancelled";

export interface CharterEvent {
  event_id: string;
  title: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  vessel: string;
  passenger_limit: number | null;
  departure_port: string;
  return_port: string;
  captain: Person | null;
  crew: Person[];
  patron: Person;
  party_size: number;
  charter_fee_cents: number;
  currency: string;
  notes: string;
  guest_notes: string;
  status: CharterStatus;
  version: number;
  created_at: string;
  updated_at: string;
  guest_url: string;
  payment_cleared: boolean;
  payment_timestamp: string | null;
  payment_method: PaymentMethod | null;
  balance: Balance;
  /** `missing` are the names of the listed guests who have not signed, when any are listed; their ids beside. */
  waivers: { signed: number; expected: number; missing?: string[]; missing_guest_ids?: string[] };
  /** A charter that this device remembers may come without what follows. */
  guests?: Guest[];
  warnings?: Warning[];
  /** Until when an admin has opened a past charter for signatures. */
  waivers_open_until?: string | null;
  /** Whether the patron is reminded of the balance by mail, 7 and 2 days before. */
  balance_reminders?: boolean;
  balance_reminders_state?: RemindersState;
}

/** What the admin should know about a charter before it sails. */
export interface Warning {
  code: string;
  message: string;
}

export interface RemindersAnswer {
  reminded: string[];
  skipped: { guest_id: string; why: "signed" | "no_email" | "reminded_recently" }[];
}

export type RemindersState =
  | "off"
  | "on"
  | "stopped_paid"
  | "stopped_cash"
  | "stopped_cancelled"
  | "no_email";

export const paymentKinds = ["deposit", "balance", "tip", "refund"] as const;
export type PaymentKind = (typeof paymentKinds)[number];

export const paymentMethods = [
  "cash",
  "check",
  "card",
  "venmo",
  "zelle",
  "bank_transfer",
  "other",
] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

export type PaymentStatus = "received" | "cleared" | "bounced" | "voided";

export interface Payment {
  payment_id: string;
  event_id: string;
  kind: PaymentKind;
  refund_of?: string | null;
  /** The payment like it that it was deliberately logged beside. */
  duplicate_of?: string | null;
  method: PaymentMethod;
  amount_cents: number;
  currency: string;
  payer: string;
  reference: string;
  note: string;
  received_at: string;
  recorded_at: string;
  recorded_by: string;
  cleared_at: string | null;
  status: PaymentStatus;
  void: { reason: string; at: string; by: string } | null;
  bounce?: { reason: string; at: string; by: string } | null;
  receipt: "pending" | "sent" | "failed" | "off";
}

export interface PaymentRequest {
  kind: PaymentKind;
  method: PaymentMethod;
  amount_cents: number;
  received_at: string;
  notify: boolean;
  payer?: string;
  reference?: string;
  refund_of?: string;
  /** Refuse it when it looks like one that is there already. */
  ask_if_duplicate?: true;
  /** It looks like this payment and is a second one. */
  duplicate_of?: string;
}

export interface PaymentAnswer {
  payment: Payment;
  event: CharterEvent;
}

export interface WaiverRecord {
  waiver_id: string;
  event_id: string;
  participant_name: string;
  signer_name: string;
  minor: boolean;
  signed_at: string;
  waiver_version: string;
  record_hash: string;
  language?: WaiverLanguage;
  /** An older text of its language was signed. */
  superseded?: boolean;
}

export interface CharterDetail extends CharterEvent {
  payments: Payment[];
  waiver_records: WaiverRecord[];
  mail_problems?: MailProblem[];
}

/** What a mail server said about an address of a charter. */
export interface MailProblem {
  email: string;
  problem: "bounced" | "complained";
  at: string;
  detail: string;
}

export interface CharterPage {
  events: CharterEvent[];
  next_cursor: string | null;
}

/** Sums of live payments in one currency; `by_method` is money in less money out, tips included. */
export interface PaymentTotals {
  currency: string;
  received_cents: number;
  refunded_cents: number;
  tips_cents: number;
  uncleared_cents: number;
  count: number;
  by_method: Partial<Record<PaymentMethod, number>>;
  by_kind: Partial<Record<PaymentKind, number>>;
  other_currencies: PaymentTotals[];
}

/** A payment with the title of its charter. */
export interface ListedPayment extends Payment {
  charter: string;
}

export interface PaymentPage {
  payments: ListedPayment[];
  totals: PaymentTotals;
  next_cursor: string | null;
}

export interface ToClearPage {
  payments: ListedPayment[];
  totals: { count: number; other_currencies?: readonly { count: number }[] };
  next_cursor: string | null;
}

export type PeriodLength = "day" | "week" | "month";

export interface SummaryPeriod {
  /** The first and the last day, `2026-11-01`. */
  from: string;
  to: string;
  totals: PaymentTotals;
}

export interface Summary {
  by: PeriodLength;
  timezone: string;
  periods: SummaryPeriod[];
  totals: PaymentTotals;
}

export const mailStatuses = ["queued", "failed", "uncertain", "sent", "cancelled"] as const;
export type MailStatus = (typeof mailStatuses)[number];

export interface Mail {
  mail_id: string;
  kind: string;
  to: string;
  subject: string;
  event_id: string | null;
  charter: string | null;
  payment_id: string | null;
  status: MailStatus;
  attempts: number;
  created_at: string;
  due_at: string | null;
  finished_at: string | null;
  note: string;
}

export interface MailPage {
  mails: Mail[];
  next_cursor: string | null;
}

export interface GuestEvent {
  event_id: string;
  title: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  vessel: string;
  departure_port: string;
  return_port: string;
  guest_notes: string;
  status: CharterStatus;
  party_size: number;
  operator: { name: string; phone: string; email: string };
  waiver_url: string;
  waivers: { signed: number; expected: number; signers: string[] };
}

export type WaiverLanguage = "en" | "es";

export interface WaiverVersion {
  /** The SHA-256 of the text, and its name. */
  waiver_version: string;
  language: WaiverLanguage;
  title: string;
  text: string;
  published_at: string;
  /** `sample` for the text that ships with the product. */
  published_by: string;
}

export interface WaiverVersions {
  current: string;
  /** Null when guests who choose Spanish sign the English text. */
  current_es: string | null;
  versions: WaiverVersion[];
}

/** A waiver's text as a tree of blocks. */
export type Block =
  | { type: "heading"; level: 2 | 3; children: Inline[] }
  | { type: "paragraph"; children: Inline[] }
  | { type: "list"; ordered: boolean; items: Block[][] }
  | { type: "quote"; children: Block[] }
  | { type: "rule" };

export type Inline =
  | { type: "text"; text: string }
  | { type: "strong" | "emphasis"; children: Inline[] }
  | { type: "link"; href: string; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "break" };

/** A coming charter with those on it who have signed an older text. */
export interface SupersededEvent {
  event_id: string;
  title: string;
  starts_at: string;
  timezone: string;
  signers: SupersededSigner[];
}

export interface SupersededSigner {
  waiver_id: string;
  participant_name: string;
  signer_name: string;
  can_be_asked: boolean;
}

export interface AskedAnswer {
  asked: string[];
  skipped: { waiver_id: string; why: "signed_current_text" | "no_email" | "asked_recently" }[];
}

/** A signature in the list of all. */
export interface ListedWaiver extends WaiverRecord {
  charter: string;
  starts_at: string;
}

export interface WaiverPage {
  waivers: ListedWaiver[];
  next_cursor: string | null;
}

/** A part of the chain, the texts that it signs, and from where it goes on. */
export interface ChainPart {
  format: string;
  count: number;
  head: string;
  versions: Record<string, string>;
  records: unknown[];
  next_after: number | null;
}

/** A signature with everything that was recorded about it. */
export interface WaiverDetail {
  waiver_id: string;
  event_id: string;
  charter: string;
  starts_at: string;
  participant_name: string;
  participant_birth_date: string | null;
  minor: boolean;
  signer_name: string;
  signer_email: string;
  signer_phone: string;
  guardian_relationship?: string;
  esign_statement: string;
  intent_statement: string;
  authority_statement?: string;
  signature_typed: string;
  signature_strokes: (readonly [x: number, y: number, time_ms: number])[][];
  waiver_version: string;
  waiver_title: string;
  language: WaiverLanguage;
  /** The text that was signed. */
  version: WaiverVersion | null;
  signed_at: string;
  device_time: string;
  address: string;
  user_agent: string;
  seq: number;
  prev_hash: string;
  record_hash: string;
  audit: { act: string; at: string; by: string; address: string }[];
}

export type WaiverState = "signed" | "superseded" | "missing";

/** Somebody who has signed, or a listed guest who has not. */
export interface Passenger {
  name: string;
  minor: boolean;
  guardian: string | null;
  waiver: WaiverState;
  signed_at: string | null;
  waiver_id: string | null;
  guest_id: string | null;
  checked_in_at: string | null;
  no_show: boolean;
}

/** Who is aboard or expected, as of one moment. */
export interface ManifestFacts {
  event_id: string;
  title: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  vessel: string;
  departure_port: string;
  return_port: string;
  passenger_limit: number | null;
  party_size: number;
  captain: Person | null;
  crew: Person[];
  passengers: Passenger[];
  /** Who has come aboard; before the first has, who has signed. */
  head_count: number;
  /** How many have not signed, named or not. */
  missing: number;
  missing_names: string[];
  over_limit: boolean;
  safety_briefing_at: string | null;
  safety_briefing_by: string | null;
  emergency: { operator: { name: string; phone: string }; note: string };
}

export interface Manifest extends ManifestFacts {
  frozen: { at: string; by: string; sha256: string } | null;
  /** The manifest as it was at departure. */
  snapshot: ManifestFacts | null;
}
