import { useEffect, useState } from "preact/hooks";
import { searchCharters } from "../data/api";
import { keepListed } from "../data/charters";
import { useAnswer } from "../lib/answer";

/** The list follows what is typed when no key came for so long, so that no key waits for it. */
export const LIST_PAUSE_MS = 200;
/** And the server is asked after this. */
const SERVER_PAUSE_MS = 300;
/** One letter is in nearly every charter. */
const FEWEST_LETTERS = 2;

export interface Found {
  /** Which charters the server has found; null until it has answered. */
  ids: ReadonlySet<string> | null;
  asking: boolean;
  failed: boolean;
  /** There are more than it lists at once. */
  more: boolean;
}

/** What only the server can find: charters that are not loaded, past ones, and guests and signers by name. */
export function useServerSearch(search: string): Found {
  const typed = useSettled(search, SERVER_PAUSE_MS);
  const asked = typed.length >= FEWEST_LETTERS && typed === search;
  const { answer, error } = useAnswer(asked ? () => find(typed) : null, [asked ? typed : ""]);
  return {
    ids: answer && asked ? answer.ids : null,
    asking: search.length >= FEWEST_LETTERS && !(asked && (answer || error)),
    failed: asked && error !== null,
    more: answer?.more ?? false,
  };
}

async function find(search: string): Promise<{ ids: ReadonlySet<string>; more: boolean }> {
  const asked_at_ms = performance.now();
  const { events, next_cursor } = await searchCharters(search);
  keepListed(events, asked_at_ms);
  return { ids: new Set(events.map(({ event_id }) => event_id)), more: next_cursor !== null };
}

/** The text once it has been the same for a while. */
export function useSettled(text: string, pause_ms: number): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause_ms);
    return () => clearTimeout(timer);
  }, [text, pause_ms]);
  return settled;
}
