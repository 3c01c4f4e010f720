import { database } from "../lib/database";
import { Observable } from "../lib/observable";
import type { OutboxEntry, OutboxStorage } from "./outbox";

/** The outbox in IndexedDB: it outlives the page, the tab and the battery. */
export function indexedDbStorage(name = "scc.outbox"): OutboxStorage {
  // Releases share it, newer and older: an entry may gain fields, none may change its meaning.
  const transact = database(name, "payments", { keyPath: "payment_id" });

  // Until they are written down. Where the browser refuses its database, or never answers, as long as the page is open.
  const memory = new Map<string, OutboxEntry>();
  const fails = new Observable(false);

  async function attempt<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>) {
    try {
      const result = await transact(mode, act);
      fails.value = false;
      return result;
    } catch {
      fails.value = true;
      return undefined;
    }
  }

  return {
    fails,
    async all() {
      const stored = (await attempt("readonly", (store) => store.getAll() as IDBRequest<OutboxEntry[]>)) ?? [];
      const written = stored.map(fromStored);
      return [...written.filter(({ payment_id }) => !memory.has(payment_id)), ...memory.values()];
    },
    async put(entry) {
      memory.set(entry.payment_id, entry);
      const key = await attempt("readwrite", (store) => store.put(toStored(entry)));
      if (key !== undefined && memory.get(entry.payment_id) === entry) memory.delete(entry.payment_id);
    },
    async remove(payment_id) {
      memory.delete(payment_id);
      // Where that fails it is sent once more, which is a replay.
      await attempt("readwrite", (store) => store.delete(payment_id));
    },
    isDurable: (payment_id) => !memory.has(payment_id),
  };
}

/**
 * An older release knows nothing of batches: it would send the first payment alone. It leaves alone what is in a state
 * that it does not know.
 */
const BATCH = "batch ";

function toStored(entry: OutboxEntry): object {
  return entry.rest ? { ...entry, state: BATCH + entry.state } : entry;
}

function fromStored(stored: OutboxEntry): OutboxEntry {
  return stored.rest ? { ...stored, state: stored.state.replace(BATCH, "") as OutboxEntry["state"] } : stored;
}
