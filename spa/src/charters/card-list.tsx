import { useState } from "preact/hooks";
import type { Charter } from "../data/contract";
import { LoadButton } from "../ui/load-button";
import { Card } from "./card";

/** So many cards show at first, and come with each *Show more*; as many as the board loads. */
const STEP = 50;

interface Props {
  events: readonly Charter[];
  now_ms: number;
  /** Another search starts again at the top of the list. */
  search: string;
  label?: string;
  /** Loads the charters behind these; left out when all are known. */
  loadMore?: (() => Promise<void>) | undefined;
}

export function CardList({ events, now_ms, search, label = "Show more", loadMore }: Props) {
  const [cards, setCards] = useState(STEP);
  const [searched, setSearched] = useState(search);
  if (searched !== search) {
    setSearched(search);
    setCards(STEP);
  }
  const showMore = async () => {
    if (events.length <= cards) await loadMore?.();
    setCards(cards + STEP);
  };
  return (
    <>
      {events.length > 0 && (
        <div class="cards">
          {events.slice(0, cards).map((charter) => (
            <Card key={charter.event_id} charter={charter} now_ms={now_ms} />
          ))}
        </div>
      )}
      {(events.length > cards || loadMore) && <LoadButton label={label} load={showMore} />}
    </>
  );
}
