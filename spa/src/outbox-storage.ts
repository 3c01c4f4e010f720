import type { OutboxEntry, OutboxStorage } from "./outbox";

const STORE = "payments";

/** The outbox in IndexedDB: it outlives the page, the tab and the battery. */
export function indexedDbStorage(name = "scc.outbox"): OutboxStorage {
  let opened: Promise<IDBDatabase> | null = null;

  async function database(): Promise<IDBDatabase> {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () =>
        request.result.createObjectStore(STORE, { keyPath: "payment_id" });
      request.onsuccess = () => {
        // A newer page may need to change the database.
        request.result.onversionchange = () => {
          request.result.close();
          opened = null;
        };
        request.result.onclose = () => {
          opened = null;
        };
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("the database is blocked"));
    });
    try {
      return await opened;
    } catch (error) {
      opened = null;
      throw error;
    }
  }

  async function transact<T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const transaction = (await database()).transaction(STORE, mode, { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      // Only a complete transaction is written down; a request's success alone is not.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }

  // Where the browser refuses its database, payments are kept as long as the page is open.
  const memory = new Map<string, OutboxEntry>();

  return {
    async all() {
      let written: OutboxEntry[] = [];
      try {
        written = await transact(
          "readonly",
          (store) => store.getAll() as IDBRequest<OutboxEntry[]>,
        );
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
