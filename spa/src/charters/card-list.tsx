import { useState } from "preact/hooks";
import type { CharterEvent } from "../data/contract";
import { LoadButton } from "../ui/load-button";
import { Card } from "./card";

/** So many cards show at first, and come with each *Show more*; as many as the board loads. */
const STEP = 50;

interface Props {
  events: readonly CharterEvent[];
  now_ms: number;
  /** Another search starts again at the top of the list. */
  query: string;
  label?: string;
  /** Loads the charters behind these; left out when all are known. */
  loadMore?: (() => Promise<void>) | undefined;
}

export function CardList({ events, now_ms, query, label = "Show more", loadMore }: Props) {
  const [wanted, setWanted] = useState({ query, cards: STEP });
  const cards = wanted.query === query ? wanted.cards : STEP;
  const showMore = async () => {
    if (events.length <= cards) await loadMore?.();
    setWanted({ query, cards: cards + STEP });
  };
  return (
    <>
      {events.length > 0 && (
        <div class="cards">
          {events.slice(0, cards).map((event) => (
            <Card key={event.event_id} event={event} now_ms={now_ms} />
          ))}
        </div>
      )}
      {(events.length > cards || loadMore) && <LoadButton label={label} load={showMore} />}
    </>
  );
}
