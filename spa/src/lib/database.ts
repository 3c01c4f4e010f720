/** One IndexedDB database with one store, opened when it is needed and again when the browser has closed it. */
export function database(name: string, store: string, options?: IDBObjectStoreParameters) {
  let opened: Promise<IDBDatabase> | null = null;

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
    const transaction = (await open()).transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      // Only a complete transaction is written down; a request's success alone is not.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  };
}
