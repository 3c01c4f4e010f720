import { database } from "../lib/database";
import type { OutboxEntry, OutboxStorage } from "./outbox";

/** The outbox in IndexedDB: it outlives the page, the tab and the battery. */
export function indexedDbStorage(name = "scc.outbox"): OutboxStorage {
  // Releases share it, newer and older: an entry may gain fields, none may change its meaning.
  const transact = database(name, "payments", { keyPath: "payment_id" });

  // Where the browser refuses its database, payments are kept as long as the page is open.
  const memory = new Map<string, OutboxEntry>();

  return {
    async all() {
      let written: OutboxEntry[] = [];
      try {
        written = await transact("readonly", (store) => store.getAll() as IDBRequest<OutboxEntry[]>);
      } catch {
        // What is in memory is then all there is.
      }
      return [...written.filter(({ payment_id }) => !memory.has(payment_id)), ...memory.values()];
    },
    async put(entry) {
      try {
        await transact("readwrite", (store) => store.put(entry));
        memory.delete(entry.payment_id);
      } catch {
        memory.set(entry.payment_id, entry);
      }
    },
    async remove(payment_id) {
      memory.delete(payment_id);
      try {
        await transact("readwrite", (store) => store.delete(payment_id));
      } catch {
        // Sent once more, it would be a replay.
      }
    },
    isDurable: (payment_id) => !memory.has(payment_id),
  };
}
