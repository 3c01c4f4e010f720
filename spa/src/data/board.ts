import { nowMs, operatorClock } from "../lib/clock";
import { Observable } from "../lib/observable";
import { toRfc3339 } from "../lib/time";
import { listCharters, listReceivables } from "./api";
import { keepListed } from "./charters";
import type { Charter, Receivables } from "./contract";

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

/** Who owes, as the server has last told, or as this device remembers it. */
export const receivables = new Observable<Receivables | null>(null);

export function forgetBoard(): void {
  loaded.value = null;
  receivables.value = null;
}

export async function loadReceivables(): Promise<Receivables> {
  const answer = await listReceivables();
  receivables.value = answer;
  return answer;
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
