import { database } from "../lib/browser/database";
import { nowMs } from "../lib/clock";
import { type Loaded, loaded, type Owing, owing, receivables } from "./board";
import { charters, type Records, records, remembered } from "./charters";
import type { Charter, Contact, Payment } from "./contract";
import { ledger } from "./ledger";
import { session } from "./session";

/** The board as it was last known, for a start without a network. It holds no contact data. */
export interface Snapshot {
  at_ms: number;
  board: Loaded;
  charters: Charter[];
  records: [event_id: string, Records][];
  /** Missing in what an older release has kept. */
  receivables?: { charters: readonly Owing[] } | null;
}

const KEY = "board";
const MOST_CHARTERS = 300;
const CALM_MS = 500;

const transact = database("scc.board", "snapshots");
let timer: ReturnType<typeof setTimeout> | undefined;

/** Writes the board down a moment after each change. */
export function keepSnapshots(): void {
  for (const source of [charters, records, loaded, receivables]) {
    source.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void saveSnapshot().catch(() => {}), CALM_MS);
    });
  }
}

export async function saveSnapshot(): Promise<void> {
  const board = loaded.value;
  if (session.value.state !== "in" || !board || board.recalled) return;
  const owed = receivables.value && { charters: owing(receivables.value).map(withoutAddress) };
  const snapshot = { ...takeSnapshot(board, charters.value.values(), records.value), receivables: owed };
  await transact("readwrite", (store) => {
    const stored: IDBRequest<Snapshot | undefined> = store.get(KEY);
    stored.onsuccess = () => {
      const at_ms = stored.result?.at_ms ?? 0;
      // Another tab may know more. A time in the future comes from a clock that was wrong.
      if (at_ms <= snapshot.at_ms || at_ms > nowMs()) store.put(snapshot, KEY);
    };
    return stored;
  });
}

/** Shows the last known board where nothing fresher is known yet. */
export async function recallSnapshot(): Promise<void> {
  const snapshot: Snapshot | undefined = await transact("readonly", (store) => store.get(KEY));
  if (!snapshot || session.value.state !== "in") return;
  const missing = snapshot.charters.filter(({ event_id }) => !charters.value.has(event_id));
  const ids = new Set(missing.map(({ event_id }) => event_id));
  remembered.value = new Set([...remembered.value, ...ids]);
  charters.value = new Map([...charters.value, ...missing.map((charter) => [charter.event_id, charter] as const)]);
  records.value = new Map([...snapshot.records.filter(([event_id]) => ids.has(event_id)), ...records.value]);
  const { receivables: owed } = snapshot;
  // Whatever this page has been told is newer.
  if (owed) receivables.value ??= { charters: owed.charters, asked_at_ms: -Infinity };
  loaded.value ??= { ...snapshot.board, next_cursor: null, recalled: true };
}

export async function forgetSnapshot(): Promise<void> {
  clearTimeout(timer);
  await transact("readwrite", (store) => store.delete(KEY));
}

export function takeSnapshot(board: Loaded, events: Iterable<Charter>, known: ReadonlyMap<string, Records>): Snapshot {
  const nearest = [...events]
    .map((charter) => ({ charter, away_ms: Math.abs(Date.parse(charter.starts_at) - board.at_ms) }))
    .sort((a, b) => a.away_ms - b.away_ms)
    .slice(0, MOST_CHARTERS)
    .map(({ charter }) => charter);
  return {
    at_ms: board.at_ms,
    board,
    charters: nearest.map(withoutContacts),
    records: nearest.flatMap((charter) => {
      const found = known.get(charter.event_id);
      return found && addsUp(charter, found.payments) ? [[charter.event_id, plain(found)]] : [];
    }),
  };
}

function withoutContacts(charter: Charter): Charter {
  const { captain, crew, patron, guests } = charter;
  return {
    ...charter,
    captain: captain && nameOnly(captain),
    crew: crew.map(nameOnly),
    patron: nameOnly(patron),
    guests: guests.map((guest) => ({ ...guest, email: "" })),
    notes: "",
  };
}

function withoutAddress(one: Owing): Owing {
  return { ...one, patron: nameOnly(one.patron) };
}

function nameOnly<Person extends Contact>(person: Person): Person {
  return { ...person, email: "", phone: "" };
}

/** Whether the statement belongs to this state of the charter, which may have been read later. */
function addsUp({ balance }: Charter, payments: readonly Payment[]): boolean {
  const rows = ledger(balance.charged_cents, payments);
  return (rows.at(-1)?.balance_due_cents ?? balance.charged_cents) === balance.balance_due_cents;
}

/** Notes are the admins', and mail that came back names an address. */
function plain(found: Records): Records {
  const payments = found.payments.map((payment) => ({ ...payment, note: "" }));
  return { ...found, payments, mail_problems: [] };
}
