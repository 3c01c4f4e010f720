import { nowMs, operatorClock } from "../lib/clock";
import { Observable } from "../lib/observable";
import { toRfc3339 } from "../lib/time";
import { listCharters, listReceivables } from "./api";
import { keepListed, knownSince } from "./charters";
import type { Charter, ReceivableJson, Receivables } from "./contract";

const DAY_MS = 24 * 3_600_000;

/** How much of the board has been loaded. */
export interface Loaded {
  at_ms: number;
  next_cursor: string | null;
  /** Later charters have not been loaded; null when all have. */
  until: string | null;
  /** Earlier charters have not been loaded. */
  from: string;
  /** How far the last look into the past went. */
  past_days: number;
  /** It is the last known state, kept on the device, and not read by this page. */
  recalled?: true;
}

export const loaded = new Observable<Loaded | null>(null);

/** What the board says of a charter of which something is due. */
export type Owing = Pick<
  ReceivableJson,
  "event_id" | "title" | "patron" | "starts_at" | "ends_at" | "timezone" | "currency" | "due_cents"
>;

/** Who owes, as the server has last told, or as this device remembers it. */
interface ListedOwing {
  charters: readonly Owing[];
  /** When the list was asked for, by this page's own clock. */
  asked_at_ms: number;
}

export const receivables = new Observable<ListedOwing | null>(null);

export function forgetBoard(): void {
  loaded.value = null;
  receivables.value = null;
}

export async function loadReceivables(): Promise<Receivables> {
  const asked_at_ms = performance.now();
  const answer = await listReceivables();
  // The answer to an earlier question may be the slower one.
  if ((receivables.value?.asked_at_ms ?? -Infinity) <= asked_at_ms) {
    receivables.value = { charters: answer.charters ?? [], asked_at_ms };
  }
  return answer;
}

/**
 * Who owes now, by the end of their charters: the list, and instead of it what this page has been told of a charter since
 * the list was asked for. A charter that was read before that says nothing: others may have taken or voided a payment.
 */
export function owing({ charters, asked_at_ms }: ListedOwing): Owing[] {
  const told = knownSince(asked_at_ms);
  const ids = new Set(told.map(({ event_id }) => event_id));
  const listed = charters.filter(({ event_id }) => !ids.has(event_id));
  return [...listed, ...told.map(asOwing)]
    .filter(({ due_cents }) => due_cents > 0)
    .sort((a, b) => a.ends_at.localeCompare(b.ends_at));
}

function asOwing({ event_id, title, patron, starts_at, ends_at, timezone, currency, balance }: Charter): Owing {
  return { event_id, title, patron, starts_at, ends_at, timezone, currency, due_cents: balance.balance_due_cents };
}

/** So long the board waits for who owes, so that both show at once and nothing jumps. */
const OWED_PATIENCE_MS = 1_000;

/** A day back, so that a charter under way since yesterday evening is on the board. */
export async function loadFirst(): Promise<void> {
  const clock = operatorClock.value;
  const from = toRfc3339(new Date(nowMs() - DAY_MS));
  const asked_at_ms = performance.now();
  const owed = loadReceivables().catch(() => null);
  const page = await listCharters({ from, limit: 50 });
  await Promise.race([owed, new Promise((resolve) => setTimeout(resolve, OWED_PATIENCE_MS))]);
  keepListed(page.events, asked_at_ms);
  // The answer has told that this device's clock is off: the question was about another day.
  if (operatorClock.value.ahead_ms !== clock.ahead_ms) return loadFirst();
  const known = loaded.value;
  const further = known && !known.recalled && page.next_cursor && known.until !== null ? known : null;
  loaded.value = {
    at_ms: nowMs(),
    next_cursor: further ? further.next_cursor : page.next_cursor,
    until: further ? further.until : reach(page.events, page.next_cursor),
    from: further ? further.from : from,
    past_days: known?.recalled ? 0 : (known?.past_days ?? 0),
  };
}

export async function loadMore(): Promise<void> {
  const known = loaded.value;
  if (!known?.next_cursor) return;
  // The cursor belongs to the same question.
  const asked_at_ms = performance.now();
  const page = await listCharters({ from: known.from, limit: 50, cursor: known.next_cursor });
  keepListed(page.events, asked_at_ms);
  loaded.value = {
    ...known,
    next_cursor: page.next_cursor,
    until: reach(page.events, page.next_cursor) ?? (page.next_cursor ? known.until : null),
  };
}

/** Looks 30 days back, then further with every call. */
export async function loadPast(): Promise<void> {
  const known = loaded.value;
  if (!known) return;
  const past_days = known.past_days === 0 ? 30 : known.past_days * 3;
  const to_ms = known.past_days === 0 ? nowMs() : nowMs() - known.past_days * DAY_MS;
  const from = toRfc3339(new Date(nowMs() - past_days * DAY_MS));
  const to = toRfc3339(new Date(to_ms));
  let cursor: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const asked_at_ms = performance.now();
    const page = await listCharters({ from, to, limit: 100, ...(cursor ? { cursor } : {}) });
    keepListed(page.events, asked_at_ms);
    if (!page.next_cursor) break;
    cursor = page.next_cursor;
  }
  if (loaded.value) loaded.value = { ...loaded.value, past_days };
}

function reach(events: readonly Charter[], next_cursor: string | null): string | null {
  return next_cursor ? (events.at(-1)?.starts_at ?? null) : null;
}
