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
/** Up to when a charter's true state is known here, by charter: an act was answered, or its own page was asked for. */
const true_at_ms = new Map<string, number>();

/** Takes over charters as an act has answered them, unless a newer state is known. */
export function keepCharters(events: readonly Charter[]): void {
  keepTrue(events, performance.now());
}

function keepTrue(events: readonly Charter[], at_ms: number): void {
  const fresh = events.filter((charter) => !isOlder(charter));
  // A charter's page may be newer than an answer that came before it, and yet have been asked for earlier.
  for (const { event_id } of fresh) true_at_ms.set(event_id, Math.max(at_ms, true_at_ms.get(event_id) ?? -Infinity));
  keep(fresh);
}

/** Charters of which an act's answer or their own page tells more than a list that was asked for at this moment. */
export function knownSince(asked_at_ms: number): Charter[] {
  return [...charters.value.values()].filter(({ event_id }) => (true_at_ms.get(event_id) ?? Number.NaN) >= asked_at_ms);
}

/** Takes over charters from a list, which may be a moment behind. `asked_at_ms`: when the list was asked for. */
export function keepListed(events: readonly Charter[], asked_at_ms: number): void {
  keep(
    events.filter((charter) => {
      // Changes within a second bear the same time.
      const isTold = !isAsOld(charter) || (true_at_ms.get(charter.event_id) ?? -Infinity) + INDEX_LAG_MS <= asked_at_ms;
      return isTold && !isOlder(charter);
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

/** False when it was asked for, at `asked_at_ms`, before something that this page knows by now. */
export function keepDetail(detail: CharterDetail, asked_at_ms: number): boolean {
  const { payments, waiver_records, mail_problems, ...charter } = detail;
  const isTold = !isAsOld(charter) || (true_at_ms.get(charter.event_id) ?? -Infinity) <= asked_at_ms;
  if (isOlder(charter) || !isTold) return false;
  const read = { read_at_ms: nowMs(), payments, waiver_records, mail_problems };
  records.value = new Map(records.value).set(charter.event_id, read);
  keepTrue([charter], asked_at_ms);
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
  const asked_at_ms = performance.now();
  try {
    keepDetail(await api.readCharter(event_id), asked_at_ms);
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
  true_at_ms.clear();
}
