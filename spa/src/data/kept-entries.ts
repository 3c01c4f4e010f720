import { database } from "../lib/browser/database";
import { Observable } from "../lib/observable";

/** What this device keeps until the server has confirmed it. */
export interface KeptEntries<Entry> {
  /** Whether this device could not read or write what it keeps the last time. */
  readonly fails: Observable<boolean>;
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(id: string): Promise<void>;
  /** False when the entry is lost with the page. */
  isDurable(id: string): boolean;
}

/** Entries in IndexedDB: they outlive the page, the tab and the battery. `key` is the field that holds their id. */
export function keptEntries<Entry extends object>(
  name: string,
  store: string,
  key: keyof Entry & string,
): KeptEntries<Entry> {
  // Releases share it, newer and older: an entry may gain fields, none may change its meaning.
  const transact = database(name, store, { keyPath: key });
  const idOf = (entry: Entry) => String(entry[key]);

  // Until they are written down. Where the browser refuses its database, or never answers, as long as the page is open.
  const memory = new Map<string, Entry>();
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
      const written = (await attempt("readonly", (store) => store.getAll() as IDBRequest<Entry[]>)) ?? [];
      return [...written.filter((entry) => !memory.has(idOf(entry))), ...memory.values()];
    },
    async put(entry) {
      const id = idOf(entry);
      memory.set(id, entry);
      const written = await attempt("readwrite", (store) => store.put(entry));
      if (written !== undefined && memory.get(id) === entry) memory.delete(id);
    },
    async remove(id) {
      memory.delete(id);
      // Where that fails it is sent once more, which is a replay.
      await attempt("readwrite", (store) => store.delete(id));
    },
    isDurable: (id) => !memory.has(id),
  };
}
