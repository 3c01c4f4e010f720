import { useEffect, useRef, useState } from "preact/hooks";

export interface Asked<T> {
  answer: T | null;
  error: unknown;
  /** Asks the same question again; what is known stays meanwhile. */
  again(): void;
  setAnswer(change: (answer: T) => T): void;
}

/** The answer to the latest question; one to an earlier question must not replace it. Null asks nothing. */
export function useAnswer<T>(question: (() => Promise<T>) | null, on: readonly unknown[]): Asked<T> {
  const [answer, setAnswer] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const asked = useRef(0);

  const ask = () => {
    const number = ++asked.current;
    const latest = () => number === asked.current;
    setError(null);
    question?.().then(
      (answer) => latest() && setAnswer(() => answer),
      (error) => latest() && setError(error),
    );
  };
  useEffect(() => {
    setAnswer(null);
    ask();
    return () => {
      asked.current++;
    };
  }, on);

  return {
    answer,
    error,
    again: ask,
    setAnswer: (change) => setAnswer((known) => (known === null ? null : change(known))),
  };
}
