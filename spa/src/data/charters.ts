import { nowMs } from "../lib/clock";
import { Observable } from "../lib/observable";
import * as api from "./api";
import type {
  Charter,
  CharterDetail,
  CharterEdit,
  ChartersWaiver,
  MailProblem,
  Payment,
  PaymentAndEvent,
} from "./contract";

/** Every charter that this page has seen, so that what is known shows at once. */
export const charters = new Observable<ReadonlyMap<string, Charter>>(new Map());

export interface Records {
  read_at_ms: number;
  payments: readonly Payment[];
  waiver_records: readonly ChartersWaiver[];
  mail_problems: readonly MailProblem[];
}

/**
 * Charters of which only the last known state is at hand, kept without contact data and notes: they
 * can be read and paid, not edited.
 */
export const remembered = new Observable<ReadonlySet<string>>(new Set());

/** Payments and waivers of the charters that have been opened. */
export const records = new Observable<ReadonlyMap<string, Records>>(new Map());

/** How long the index that lists are read from may lag behind what has been written. */
const INDEX_LAG_MS = 10_000;
/** When this page has last learned a charter's true state, by charter: from an act, or from its own page. */
const answered_at_ms = new Map<string, number>();

/** Takes over charters as an act or their own page has answered them, unless a newer state is known. */
export function keepCharters(events: readonly Charter[]): void {
  const fresh = events.filter((charter) => !isOlder(charter));
  for (const { event_id } of fresh) answered_at_ms.set(event_id, performance.now());
  keep(fresh);
}

/** Takes over charters from a list, which may be a moment behind. `asked_at_ms`: when the list was asked for. */
export function keepListed(events: readonly Charter[], asked_at_ms: number): void {
  keep(
    events.filter((charter) => {
      // Changes within a second bear the same time.
      const lag_ms = isAsOld(charter) ? INDEX_LAG_MS : 0;
      const answered_ms = answered_at_ms.get(charter.event_id);
      return !isOlder(charter) && (answered_ms === undefined || answered_ms + lag_ms <= asked_at_ms);
    }),
  );
}

/** Whether a later state of the charter is known already. */
function isOlder({ event_id, version, updated_at }: Charter): boolean {
  const known = knownOf(event_id);
  if (!known) return false;
  return version < known.version || (version === known.version && updated_at < known.updated_at);
}

function isAsOld({ event_id, version, updated_at }: Charter): boolean {
  const known = knownOf(event_id);
  return known?.version === version && known.updated_at === updated_at;
}

/** What is remembered may have been told otherwise since, even by another database. */
function knownOf(event_id: string): Charter | undefined {
  return remembered.value.has(event_id) ? undefined : charters.value.get(event_id);
}

function keep(events: readonly Charter[]): void {
  charters.value = new Map([...charters.value, ...events.map((charter) => [charter.event_id, charter] as const)]);
  if (events.some(({ event_id }) => remembered.value.has(event_id))) {
    const left = new Set(remembered.value);
    for (const { event_id } of events) left.delete(event_id);
    remembered.value = left;
  }
}

/** False when it was read before something that this page knows by now. */
export function keepDetail(detail: CharterDetail): boolean {
  const { payments, waiver_records, mail_problems, ...charter } = detail;
  if (isOlder(charter)) return false;
  const read = { read_at_ms: nowMs(), payments, waiver_records, mail_problems };
  records.value = new Map(records.value).set(charter.event_id, read);
  keepCharters([charter]);
  return true;
}

/** Takes over exactly what the server answered about a payment and its charter. */
export function keepAnswer({ payment, event: charter }: PaymentAndEvent): void {
  const known = records.value.get(charter.event_id);
  if (known) {
    const others = known.payments.filter(({ payment_id }) => payment_id !== payment.payment_id);
    const next = { ...known, payments: [...others, payment] };
    records.value = new Map(records.value).set(charter.event_id, next);
  }
  keepCharters([charter]);
}

/** Reads a charter again; a failure leaves what is known. */
export async function refresh(event_id: string): Promise<void> {
  try {
    keepDetail(await api.readCharter(event_id));
  } catch {
    // The next visit reads it again.
  }
}

/** Edits a charter that shows; when somebody else was faster, what they saved shows next. */
export async function edit(event_id: string, body: CharterEdit): Promise<Charter> {
  try {
    const saved = await api.editCharter(event_id, body);
    keepCharters([saved]);
    return saved;
  } catch (error) {
    if (error instanceof api.ApiError && error.status === 409) await refresh(event_id);
    throw error;
  }
}

/** Forgets everything but the outbox. */
export function forgetCharters(): void {
  charters.value = new Map();
  records.value = new Map();
  remembered.value = new Set();
}
