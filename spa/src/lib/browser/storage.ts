/** A storage of the browser, which may be full or forbidden: then nothing is kept, and no call fails. */
class KeyValueStorage {
  #open: () => Storage;

  constructor(open: () => Storage) {
    this.#open = open;
  }

  keys(): string[] {
    return this.#attempt((storage) => Object.keys(storage)) ?? [];
  }

  get(key: string): string | null {
    return this.#attempt((storage) => storage.getItem(key)) ?? null;
  }

  /** Null too for what is no JSON. */
  getJson(key: string): unknown {
    return this.#attempt((storage) => JSON.parse(storage.getItem(key) ?? "null")) ?? null;
  }

  /** Whether it was kept. */
  set(key: string, value: string): boolean {
    return this.#attempt((storage) => storage.setItem(key, value) ?? true) ?? false;
  }

  remove(key: string): void {
    this.#attempt((storage) => storage.removeItem(key));
  }

  #attempt<T>(act: (storage: Storage) => T): T | undefined {
    try {
      return act(this.#open());
    } catch {
      return undefined;
    }
  }
}

/** Outlives the browser. */
export const deviceStorage = new KeyValueStorage(() => localStorage);
/** Lives as long as the tab. */
export const tabStorage = new KeyValueStorage(() => sessionStorage);
