import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CharterEvent } from "../data/contract";
import { Card } from "./card";

/** Where cards stand in two or three columns (board.css). */
const columns = matchMedia("(min-width: 43rem)");
/** So many cards get their place at a time, as many as the board loads. */
const STEP = 50;
/** How far beyond the window's edges cards are there. */
const AROUND = "1000px 0px";

interface Props {
  events: readonly CharterEvent[];
  now_ms: number;
  /** What was searched for; another search starts again at the top of the list. */
  query: string;
}

/** A list of cards of which a thousand cost little more than those that show. */
export function CardList({ events, now_ms, query }: Props) {
  const size = useBlockSize();
  const reached = useMemo(() => ({ cards: STEP }), [query]);
  const [, renderAgain] = useState(0);
  const blocks = useMemo(() => inBlocks(events, size), [events, size]);
  const reach = (index: number) => {
    if ((index + 2) * size < reached.cards) return;
    reached.cards += STEP;
    renderAgain((count) => count + 1);
  };
  if (events.length === 0) return null;
  return (
    <div class="card-blocks">
      {blocks.slice(0, Math.ceil(reached.cards / size)).map((block, index) => (
        <Block
          key={`${size} ${index}`}
          events={block}
          now_ms={now_ms}
          first={index === 0}
          onNear={() => reach(index)}
        />
      ))}
    </div>
  );
}

/** How many cards come and go together: few, but whole rows. */
function useBlockSize(): number {
  const [several, setSeveral] = useState(columns.matches);
  useEffect(() => {
    const update = () => setSeveral(columns.matches);
    columns.addEventListener("change", update);
    return () => columns.removeEventListener("change", update);
  }, []);
  return several ? 6 : 2;
}

function inBlocks(events: readonly CharterEvent[], size: number): CharterEvent[][] {
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
    events.slice(index * size, (index + 1) * size),
  );
}

interface BlockProps {
  events: readonly CharterEvent[];
  now_ms: number;
  first: boolean;
  onNear(): void;
}

/** Some cards, or the place where they will be when it comes near the window. */
function Block({ events, now_ms, first, onNear }: BlockProps) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  /** As it was when its cards were last there, so that nothing jumps; unknown before. */
  const [height_px, setHeight] = useState<number | null>(null);
  const told = useRef(onNear);
  told.current = onNear;

  useLayoutEffect(() => {
    // What shows at once does not wait to be observed.
    if ((place.current?.getBoundingClientRect().top ?? Infinity) < innerHeight) setNear(true);
  }, []);
  useEffect(() => {
    const element = place.current;
    return follow(element, (isNear, as_high_px) => {
      // The first ones stay for whoever goes by headings. What is being typed or asked in a card
      // must not vanish with it.
      const stays = isNear || first || element?.contains(document.activeElement) === true;
      setNear(stays);
      if (stays) setTimeout(() => told.current());
      else setHeight(as_high_px);
    });
  }, []);

  // Cards that stay as they are need not be looked at again.
  const cards = useMemo(
    () =>
      near && events.map((event) => <Card key={event.event_id} event={event} now_ms={now_ms} />),
    [near, near && now_ms, ...events],
  );
  const looks = near ? "cards" : "cards-far";
  const height = height_px === null ? undefined : `${height_px}px`;
  return (
    <div ref={place} class={looks} style={near ? {} : { "--cards": `${events.length}`, height }}>
      {cards}
    </div>
  );
}

type Tell = (isNear: boolean, as_high_px: number) => void;

const followed = new WeakMap<Element, Tell>();
const moved = new Map<Element, IntersectionObserverEntry>();
let observer: IntersectionObserver | undefined;

/** Tells whenever an element comes near the window, or goes; returns the way to stop it. */
function follow(element: Element | null, tell: Tell): (() => void) | undefined {
  if (!element) return;
  observer ??= new IntersectionObserver(
    (changes) => {
      if (moved.size === 0) setTimeout(tellNext);
      changes.sort((a, b) => away_px(a) - away_px(b));
      for (const change of changes) moved.set(change.target, change);
    },
    { rootMargin: AROUND },
  );
  followed.set(element, tell);
  observer.observe(element);
  return () => {
    observer?.unobserve(element);
    moved.delete(element);
  };
}

/** One after the other, so that taps and keys find their turn between them. */
function tellNext(): void {
  for (const [element, { isIntersecting, boundingClientRect }] of moved) {
    moved.delete(element);
    if (moved.size > 0) setTimeout(tellNext);
    followed.get(element)?.(isIntersecting, boundingClientRect.height);
    return;
  }
}

function away_px({ boundingClientRect: { top, bottom } }: IntersectionObserverEntry): number {
  return Math.max(0, -bottom, top - innerHeight);
}
