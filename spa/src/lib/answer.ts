import { useEffect, useRef, useState } from "preact/hooks";

export interface Asked<T> {
  answer: T | null;
  error: unknown;
  /** Asks the same question again and returns its answer, or null when it failed; what is known stays meanwhile. */
  again(): Promise<T | null>;
  setAnswer(change: (answer: T) => T): void;
}

/** The answer to the latest question; one to an earlier question must not replace it. Null asks nothing. */
export function useAnswer<T>(question: (() => Promise<T>) | null, on: readonly unknown[]): Asked<T> {
  const [answer, setAnswer] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [answered_on, setAnsweredOn] = useState(on);
  const asked = useRef(0);
  // Before anything shows: an answer must not stand under another question for a moment.
  if (on.some((value, index) => value !== answered_on[index])) {
    setAnsweredOn(on);
    setAnswer(null);
    setError(null);
  }

  const ask = async () => {
    const number = ++asked.current;
    const latest = () => number === asked.current;
    setError(null);
    try {
      const answer = question ? await question() : null;
      if (latest()) setAnswer(() => answer);
      return answer;
    } catch (error) {
      if (latest()) setError(error);
      return null;
    }
  };
  useEffect(() => {
    void ask();
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

/** A list of which each page names the next one, or null after the last. */
interface Page {
  next_cursor: string | null;
}

export interface AskedPages<T> extends Asked<T> {
  /** Loads the next page, if there is one. */
  more(): Promise<void>;
}

/** The pages of a list that have been loaded, as one. The first page is read with an empty cursor. */
export function usePages<T extends Page>(
  read: ((cursor: string) => Promise<T>) | null,
  join: (known: T, next: T) => T,
  on: readonly unknown[],
): AskedPages<T> {
  const asked = useAnswer(read && (() => read("")), on);
  const cursor = asked.answer?.next_cursor;

  const more = async () => {
    if (!read || !cursor) return;
    const next = await read(cursor);
    // The question may be another one by now.
    asked.setAnswer((known) => (known.next_cursor === cursor ? join(known, next) : known));
  };

  return { ...asked, more };
}
