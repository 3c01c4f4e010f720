/** How long a database may take: another tab, or the browser itself, can keep it from ever answering. */
const PATIENCE_MS = 2_000;

/**
 * One IndexedDB database with one store, opened when it is needed and again when the browser has closed it.
 * What it does not answer in time fails. After that nobody waits for it again before it has answered.
 */
export function database(name: string, store: string, options?: IDBObjectStoreParameters) {
  let opened: Promise<IDBDatabase> | null = null;
  let hangs = false;

  async function open(): Promise<IDBDatabase> {
    opened ??= new Promise((resolve, reject) => {
      // Without a version: an older release, rolled back to, still opens what a newer one has made.
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.result.createObjectStore(store, options);
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

  return async function transact<T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const running = run(mode, act);
    const answered = () => {
      hangs = false;
    };
    running.then(answered, answered);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = () => {
        hangs = true;
        reject(new Error("the database does not answer"));
      };
      timer = setTimeout(giveUp, hangs ? 0 : PATIENCE_MS);
    });
    try {
      return await Promise.race([running, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await open()).transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      // Only a complete transaction is written down; a request's success alone is not.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  }
}
