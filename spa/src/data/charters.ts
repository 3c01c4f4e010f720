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

/** When this page has last learned what became of a payment, by charter. */
const answered_at_ms = new Map<string, number>();

/** `asked_at_ms`: when they were asked for; what an act has answered since is newer. */
export function keepCharters(events: readonly Charter[], asked_at_ms = performance.now()): void {
  const next = new Map(charters.value);
  for (const charter of events) {
    if ((answered_at_ms.get(charter.event_id) ?? 0) <= asked_at_ms) next.set(charter.event_id, charter);
  }
  charters.value = next;
  if (events.some(({ event_id }) => remembered.value.has(event_id))) {
    const left = new Set(remembered.value);
    for (const { event_id } of events) left.delete(event_id);
    remembered.value = left;
  }
}

export function keepDetail(detail: CharterDetail): void {
  const { payments, waiver_records, mail_problems, ...charter } = detail;
  const read = { read_at_ms: Date.now(), payments, waiver_records, mail_problems };
  records.value = new Map(records.value).set(charter.event_id, read);
  keepCharters([charter]);
}

/** Takes over exactly what the server answered about a payment and its charter. */
export function keepAnswer({ payment, event: charter }: PaymentAndEvent): void {
  const known = records.value.get(charter.event_id);
  if (known) {
    const others = known.payments.filter(({ payment_id }) => payment_id !== payment.payment_id);
    const next = { ...known, payments: [...others, payment] };
    records.value = new Map(records.value).set(charter.event_id, next);
  }
  answered_at_ms.set(charter.event_id, performance.now());
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
