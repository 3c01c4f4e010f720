import type {
  Boat,
  Charter,
  ChartersWaiver,
  CharterTips,
  Check,
  CurrencyTotals,
  Hold,
  ListedPatron,
  Mail,
  Manifest,
  Passenger,
  Payment,
  Person,
  Position,
  RecordDetail,
  ScheduleEntry,
  Totals,
} from "../data/contract";
import { charterDefaults } from "../data/later-limits";

/** A charter for tests: 1,200.00 due, nothing paid. */
export function sampleCharter(change: Partial<Charter> = {}): Charter {
  return {
    ...charterDefaults,
    event_id: "event-1",
    title: "Sunset sail",
    starts_at: "2026-07-04T21:00:00Z",
    ends_at: "2026-07-05T01:00:00Z",
    timezone: "America/New_York",
    boat_id: null,
    vessel: "Wanderer",
    passenger_limit: 6,
    departure_port: "Newport",
    return_port: "Newport",
    captain: { person_id: null, name: "Ben", email: "", phone: "" },
    crew: [],
    patron: { name: "Ana Reyes", email: "ana@example.com", phone: "" },
    party_size: 4,
    charter_fee_cents: 120_000,
    cancellation_fee_cents: 0,
    currency: "USD",
    status: "scheduled",
    version: 1,
    created_at: "2026-06-01T12:00:00Z",
    updated_at: "2026-06-01T12:00:00Z",
    guest_url: "https://example.com/g/event-1",
    payment_cleared: false,
    payment_timestamp: null,
    payment_method: null,
    balance: sampleBalance(),
    waivers: { signed: 1, expected: 4 },
    waivers_open_until: null,
    guests: [],
    warnings: [],
    balance_reminders_state: "off",
    conflicts: [],
    schedule_override: null,
    positions: [],
    readiness: { state: "open", checks: [] },
    ...change,
  };
}

export function sampleBalance(change: Partial<Charter["balance"]> = {}): Charter["balance"] {
  return {
    charged_cents: 120_000,
    received_cents: 0,
    deposits_cents: 0,
    refunded_cents: 0,
    tips_cents: 0,
    uncleared_cents: 0,
    balance_due_cents: 120_000,
    to_refund_cents: Math.max(-(change.balance_due_cents ?? 0), 0),
    ...change,
  };
}

export function samplePayment(change: Partial<Payment> = {}): Payment {
  return {
    payment_id: "payment-1",
    event_id: "event-1",
    kind: "balance",
    method: "cash",
    amount_cents: 50_000,
    currency: "USD",
    payer: "Ana Reyes",
    reference: "",
    note: "",
    received_at: "2026-07-01T12:00:00Z",
    recorded_at: "2026-07-01T12:00:00Z",
    recorded_by: "admin",
    cleared_at: null,
    status: "received",
    void: null,
    bounce: null,
    refund_of: null,
    duplicate_of: null,
    corrects: null,
    corrected_by: null,
    clearance: null,
    receipt: "sent",
    ...change,
  };
}

export function sampleTotals(change: Partial<CurrencyTotals> = {}, other_currencies: CurrencyTotals[] = []): Totals {
  return {
    currency: "USD",
    received_cents: 0,
    refunded_cents: 0,
    tips_cents: 0,
    uncleared_cents: 0,
    count: 0,
    by_method: {},
    by_kind: { deposit: 0, balance: 0, tip: 0, refund: 0 },
    other_currencies,
    ...change,
  };
}

/** Of a charter on which two share equally. */
export function sampleTips(change: Partial<CharterTips> = {}): CharterTips {
  return {
    event_id: "event-1",
    title: "Sunset sail",
    starts_at: "2026-07-04T21:00:00Z",
    timezone: "America/Los_Angeles",
    currency: "USD",
    tips_cents: 15_001,
    division: "equal",
    shares: [
      { person_id: "person-1", name: "Dana Ortiz", amount_cents: 7_501 },
      { person_id: null, name: "Smee", amount_cents: 7_500 },
    ],
    left_cents: 0,
    ...change,
  };
}

export function sampleMail(change: Partial<Mail> = {}): Mail {
  return {
    mail_id: "mail-1",
    kind: "receipt",
    to: "ana@example.com",
    subject: "Payment received: $500.00",
    event_id: "event-1",
    charter: "Sunset sail",
    payment_id: "payment-1",
    status: "sent",
    attempts: 1,
    created_at: "2026-07-01T12:00:00Z",
    due_at: null,
    finished_at: "2026-07-01T12:00:01Z",
    note: "",
    ...change,
  };
}

export function samplePassenger(change: Partial<Passenger> = {}): Passenger {
  return {
    name: "Ana Reyes",
    minor: false,
    guardian: null,
    waiver: "signed",
    signed_at: "2026-07-01T12:00:00Z",
    waiver_id: "waiver-1",
    guest_id: null,
    checked_in_at: null,
    no_show: false,
    over_limit: false,
    ...change,
  };
}

export function sampleManifest(change: Partial<Manifest> = {}): Manifest {
  const charter = sampleCharter();
  return {
    event_id: charter.event_id,
    title: charter.title,
    starts_at: charter.starts_at,
    ends_at: charter.ends_at,
    timezone: charter.timezone,
    vessel: charter.vessel,
    departure_port: charter.departure_port,
    return_port: charter.return_port,
    passenger_limit: charter.passenger_limit,
    party_size: charter.party_size,
    captain: charter.captain,
    crew: charter.crew,
    passengers: [samplePassenger()],
    unlisted: 0,
    head_count: 1,
    missing: 0,
    missing_names: [],
    over_limit: false,
    safety_briefing_at: null,
    safety_briefing_by: null,
    emergency: { operator: { name: "Bay Sailing", phone: "" }, note: "VHF channel 16" },
    frozen: null,
    snapshot: null,
    ...change,
  };
}

/** A signature as lists show it. */
export function sampleWaiver(change: Partial<ChartersWaiver> = {}): ChartersWaiver {
  return {
    waiver_id: "waiver-1",
    event_id: "event-1",
    participant_name: "Ana Reyes",
    signer_name: "Ana Reyes",
    minor: false,
    signed_at: "2026-07-01T12:00:00Z",
    waiver_version: "a".repeat(64),
    leaf_index: 0,
    guest_id: null,
    language: "en",
    superseded: false,
    set_aside: false,
    erased: false,
    over_limit: false,
    ...change,
  };
}

/** A record as an admin reads it: signed by an adult, the first of its log. */
export function sampleRecord(change: Partial<RecordDetail> = {}): RecordDetail {
  return {
    waiver_id: "waiver-1",
    event_id: "event-1",
    charter: "Sunset sail",
    starts_at: "2026-07-04T21:00:00Z",
    timezone: "America/Los_Angeles",
    waiver_version: "a".repeat(64),
    waiver_title: "Assumption of risk",
    language: "en",
    submission_id: "0f8fad5b-d9cb-469f-a165-70867728950e",
    signer_name: "Ana Reyes",
    signer_email: "ana@example.com",
    signer_phone: "",
    signer_birth_date: "1984-05-31",
    signature_typed: "Ana Reyes",
    signature_strokes: [],
    drawing_sha256: null,
    participant_name: "Ana Reyes",
    participant_birth_date: "1984-05-31",
    minor: false,
    guest_id: null,
    guardian_relationship: "",
    esign_statement: "I agree to sign electronically.",
    intent_statement: "I have read this document.",
    authority_statement: null,
    opened_at: "2026-07-01T11:58:00Z",
    signed_at: "2026-07-01T12:00:00Z",
    device_time: "2026-07-01T12:00:01Z",
    address: "192.0.2.7",
    user_agent: "Firefox",
    leaf_hash: "b".repeat(64),
    leaf_index: 0,
    set_aside: null,
    erased: null,
    version: null,
    audit: [],
    copy_mail_id: null,
    ...change,
  };
}

export function sampleBoat(change: Partial<Boat> = {}): Boat {
  return {
    boat_id: "boat-1",
    name: "Wanderer",
    kind: "uninspected",
    passenger_limit: 6,
    min_crew: 0,
    turnaround_minutes: 0,
    home_port: "Newport",
    active: true,
    notes: "",
    papers: [],
    version: 1,
    ...change,
  };
}

export function samplePerson(change: Partial<Person> = {}): Person {
  return {
    person_id: "person-1",
    name: "Dana Ortiz",
    email: "dana@example.com",
    phone: "",
    roles: ["captain"],
    rank: 1,
    is_owner: false,
    active: true,
    notes: "",
    papers: [],
    page_url: "https://example.com/c/p-1",
    version: 1,
    ...change,
  };
}

export function samplePatron(change: Partial<ListedPatron> = {}): ListedPatron {
  return {
    name: "Ana Reyes",
    email: "ana@example.com",
    phone: "",
    charters: 1,
    last_at: "2026-07-04T21:00:00Z",
    ...change,
  };
}

/** An option of one afternoon in California. */
export function sampleHold(change: Partial<Hold> = {}): Hold {
  return {
    hold_id: "hold-1",
    boat_id: "petrel",
    kind: "option",
    title: "Nadia Petrov",
    starts_at: "2026-12-02T22:00:00Z",
    ends_at: "2026-12-03T02:00:00Z",
    timezone: "America/Los_Angeles",
    expires_at: "2026-12-01T01:00:00Z",
    weekly_until: null,
    except: [],
    note: "",
    status: "held",
    version: 1,
    ...change,
  };
}

/** A charter of Petrel, as the schedule tells of it: in California from noon to three. */
export function sampleEntry(change: Partial<ScheduleEntry> = {}): ScheduleEntry {
  return {
    kind: "charter",
    event_id: "event-1",
    boat_id: "petrel",
    title: "Whale watch",
    starts_at: "2026-11-28T20:00:00Z",
    ends_at: "2026-11-28T23:00:00Z",
    status: "scheduled",
    conflicts: [],
    ...change,
  };
}

/** A position that nobody was asked to take. */
export function samplePosition(change: Partial<Position> = {}): Position {
  return {
    position_id: "position-1",
    role: "captain",
    required: true,
    state: "open",
    person: null,
    asked: [],
    answer_by: null,
    ...change,
  };
}

/** That Dana was asked, and has not answered. */
export function sampleAsked(change: Partial<Position["asked"][number]> = {}): Position["asked"][number] {
  return { person_id: "person-1", name: "Dana Ortiz", at: "2026-07-01T12:00:00Z", answer: null, reason: "", ...change };
}

export function sampleCheck(code: Check["code"], state: Check["state"] = "ok", message = ""): Check {
  return { code, state, message, waived: null };
}
