import { useEffect, useState } from "preact/hooks";

/** A value that tells its readers when it changes. */
export class Observable<T> {
  #value: T;
  #listeners = new Set<(value: T) => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener(value);
  }

  /** Calls `listener` on every change; returns the way to stop it. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Renders the component again whenever the value changes. */
export function useValue<T>(observable: Observable<T>): T {
  const [, renderAgain] = useState(0);
  const rendered = observable.value;
  useEffect(() => {
    const update = () => renderAgain((count) => count + 1);
    // It may have changed between rendering and this effect.
    if (!Object.is(observable.value, rendered)) update();
    return observable.subscribe(update);
  }, [observable]);
  return rendered;
}
