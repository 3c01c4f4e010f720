import type {
  AskedShares,
  AskedStatement,
  BoatDetails,
  BoatEdit,
  Calendar,
  CharterDetails,
  CharterEdit,
  CheckIn,
  Correction,
  Evidence,
  HoldEdit,
  Leaf,
  Leaving,
  NewHold,
  NewPosition,
  Payment,
  PersonDetails,
  PersonEdit,
  Repetition,
  SavedSettings,
  WaiverLanguage,
} from "./contract";
import { call, file, type Query } from "./request";

// The calls that neither the board nor the guest page makes: apart, so that the first load does not carry them.

// --- charters ---------------------------------------------------------------------------------

const CHARTER = "/api/events/{event_id}";

/** Who has changed what of a charter, newest first. */
export const readHistory = (event_id: string, query: Query<"/api/events/{event_id}/history">) =>
  call("get", `${CHARTER}/history`, { path: { event_id }, query });

/** Creates a charter; with the same key again it answers the same charter. */
export const createCharter = (key: string, body: CharterDetails) =>
  call("post", "/api/events", { body, headers: { "Idempotency-Key": key } });

/** The mails that `notify` would send with this edit; nothing is changed. */
export const previewEdit = (event_id: string, body: CharterEdit) =>
  call("post", `${CHARTER}/edit-preview`, { path: { event_id }, body });

/** `cancellation_fee_cents` is what the charter is then charged instead of its fee. Again: unchanged. */
export const cancelCharter = (event_id: string, reason: string, notify: boolean, cancellation_fee_cents: number) =>
  call("post", `${CHARTER}/cancel`, { path: { event_id }, body: { reason, notify, cancellation_fee_cents } });

/** The mails that `notify` would send with a cancellation, once `moved_cents` count for another charter; nothing is changed. */
export const previewCancel = (event_id: string, cancellation_fee_cents: number, moved_cents: number) =>
  call("post", `${CHARTER}/cancel-preview`, { path: { event_id }, body: { cancellation_fee_cents, moved_cents } });

/** Gives the charter a new guest link; the one before leads nowhere from now on. */
export const renewGuestLink = (event_id: string) =>
  call("post", `${CHARTER}/guest-link`, { path: { event_id }, body: {} });

/** Opens a charter that is over for signatures, for 24 hours from now. */
export const reopenWaivers = (event_id: string) =>
  call("post", `${CHARTER}/reopen-waivers`, { path: { event_id }, body: {} });

// --- captain and crew -------------------------------------------------------------------------

const POSITION = `${CHARTER}/positions/{position_id}` as const;

/**
 * Without people whoever is free is asked by rank; with none of them nobody is. With the same key again it answers the
 * same position.
 */
export const addPosition = (key: string, event_id: string, body: NewPosition) =>
  call("post", `${CHARTER}/positions`, { path: { event_id }, body, headers: { "Idempotency-Key": key } });

/** Asks them one after the other, instead of whoever was asked before. */
export const askForPosition = (event_id: string, position_id: string, person_ids: string[]) =>
  call("post", `${POSITION}/ask`, { path: { event_id, position_id }, body: { person_ids } });

/** With a reason they are assigned whatever else they do then. */
export const assignPosition = (event_id: string, position_id: string, person_id: string, override_reason: string) =>
  call("post", `${POSITION}/assign`, {
    path: { event_id, position_id },
    body: { person_id, ...(override_reason ? { override_reason } : {}) },
  });

export const withdrawPosition = (event_id: string, position_id: string, reason: string) =>
  call("post", `${POSITION}/withdraw`, { path: { event_id, position_id }, body: { reason } });

// --- manifest ---------------------------------------------------------------------------------

export type DockState = CheckIn["state"];

export const readManifest = (event_id: string) => call("get", `${CHARTER}/manifest`, { path: { event_id } });

/** Ticks a passenger off, as the device has kept it: the same again is the same tick, with the time that it had. */
export const checkIn = (event_id: string, tick: CheckIn) =>
  call("post", `${CHARTER}/check-in`, { path: { event_id }, body: tick });

export const noteBriefing = (event_id: string, done: boolean) =>
  call("post", `${CHARTER}/safety-briefing`, { path: { event_id }, body: { done } });

/** Freezes the manifest and mails it ashore; the first departure stands. `waive`: why it sails in spite of what blocks. */
export const depart = (event_id: string, waive: NonNullable<Leaving["waive"]>) =>
  call("post", `${CHARTER}/depart`, { path: { event_id }, body: Object.keys(waive).length > 0 ? { waive } : {} });

export const manifestCsv = (event_id: string) => file(`${CHARTER}/manifest.csv`, "text/csv", { path: { event_id } });

// --- payments ---------------------------------------------------------------------------------

const PAYMENT = `${CHARTER}/payments/{payment_id}` as const;

/** Records what a payment should have been, here or of another charter; the same again is the same correction. */
export const correctPayment = (event_id: string, payment_id: string, body: Correction) =>
  call("put", PAYMENT, { path: { event_id, payment_id }, body });

export const voidPayment = (payment: Payment, reason: string) =>
  call("post", `${PAYMENT}/void`, { path: ids(payment), body: { reason } });

export const bouncePayment = (payment: Payment, reason: string) =>
  call("post", `${PAYMENT}/bounce`, { path: ids(payment), body: { reason } });

/** Marks a payment as cleared, now or at another moment of the past, with what a bank shows of it. */
export const clearPayment = (payment: Payment, cleared_at?: string, evidence?: Evidence) =>
  call("post", `${PAYMENT}/clear`, {
    path: ids(payment),
    body: { ...(cleared_at ? { cleared_at } : {}), ...(evidence ? { evidence } : {}) },
  });

export const resendReceipt = (payment: Payment) => call("post", `${PAYMENT}/receipt`, { path: ids(payment), body: {} });

const ids = ({ event_id, payment_id }: Payment) => ({ event_id, payment_id });

export const listPayments = (query: Query<"/api/payments">) => call("get", "/api/payments", { query });

/** Payments that are not cleared yet, however old, oldest first. */
export const listToClear = (query: Query<"/api/payments/to-clear">) => call("get", "/api/payments/to-clear", { query });

/** The sums by day, week or month, or by boat or captain as the charters name them now. */
export const readSummary = (query: Query<"/api/payments/summary">) => call("get", "/api/payments/summary", { query });

export const paymentsCsv = (query: Query<"/api/payments.csv">) => file("/api/payments.csv", "text/csv", { query });

/** The charters with tips that began in a range, and what each person is owed of them. */
export const listTips = (query: Query<"/api/tips">) => call("get", "/api/tips", { query });

/** Shares out the tips of a charter by hand, to the cent; with no shares equally again. */
export const shareTips = (event_id: string, shares: AskedShare[]) =>
  call("put", `${CHARTER}/tip-shares`, { path: { event_id }, body: { shares } });

export type AskedShare = NonNullable<AskedShares["shares"]>[number];

/** Mails what is due of a charter, by when and how to pay: to the patron, or to somebody else. */
export const sendStatement = (event_id: string, body: AskedStatement) =>
  call("post", `${CHARTER}/statement`, { path: { event_id }, body });

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

// --- boats, people, settings, schedule --------------------------------------------------------

export const listBoats = async () => (await call("get", "/api/boats")).boats;

/** With the same key again it answers the same boat. */
export const createBoat = (key: string, body: BoatDetails) =>
  call("post", "/api/boats", { body, headers: { "Idempotency-Key": key } });

export const editBoat = (boat_id: string, body: BoatEdit) =>
  call("patch", "/api/boats/{boat_id}", { path: { boat_id }, body });

export const listPeople = async () => (await call("get", "/api/people")).people;

/** With the same key again it answers the same person. */
export const createPerson = (key: string, body: PersonDetails) =>
  call("post", "/api/people", { body, headers: { "Idempotency-Key": key } });

export const editPerson = (person_id: string, body: PersonEdit) =>
  call("patch", "/api/people/{person_id}", { path: { person_id }, body });

/** Gives a person's own page a new address; the one before is dead at once. */
export const renewPersonLink = (person_id: string) =>
  call("post", "/api/people/{person_id}/new-link", { path: { person_id }, body: {} });

/** Who chartered before, latest first. */
export const listPatrons = async () => (await call("get", "/api/patrons")).patrons;

export const readSettings = () => call("get", "/api/settings");

export const saveSettings = (body: SavedSettings) => call("put", "/api/settings", { body });

export const listCalendars = async () => (await call("get", "/api/calendars")).calendars;

/** Gives a calendar feed a new address; the one before is dead at once. */
export const renewCalendarLink = ({ boat_id }: Calendar) =>
  call("post", "/api/calendars/{calendar_id}/new-link", { path: { calendar_id: boat_id ?? "desk" }, body: {} });

/** What is booked between two moments, at most 62 days apart. */
export const readSchedule = (query: Query<"/api/schedule">) => call("get", "/api/schedule", { query });

/** What the schedule does not tell of its holds: kind, expiry, repetition. */
export const listHolds = (query: Query<"/api/holds">) => call("get", "/api/holds", { query });

/** Holds a boat; with the same key again it answers the same hold. */
export const createHold = (key: string, body: NewHold) =>
  call("post", "/api/holds", { body, headers: { "Idempotency-Key": key } });

const HOLD = "/api/holds/{hold_id}";

export const editHold = (hold_id: string, body: HoldEdit) => call("patch", HOLD, { path: { hold_id }, body });

/** Frees the boat; of a hold that repeats all times. */
export const releaseHold = (hold_id: string) => call("post", `${HOLD}/release`, { path: { hold_id }, body: {} });

/** Repeats a charter each week; a preview makes nothing and says what would be in the way. */
export const repeatCharter = (event_id: string, body: Repetition) =>
  call("post", "/api/events/{event_id}/repeat", { path: { event_id }, body });
