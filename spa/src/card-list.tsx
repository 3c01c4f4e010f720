import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Card } from "./card";
import type { CharterEvent } from "./contract";

/** So many cards come and go together. */
const BLOCK = 6;
/** Blocks that are on the page before anybody scrolls: as many cards as the board loads first. */
const FIRST_BLOCKS = 9;
/** How far beyond the window's edges cards are there in full: more than a block is high. */
const AROUND = "2000px 0px";

interface Props {
  events: readonly CharterEvent[];
  now_ms: number;
  /** What was searched for; another search starts again at the top of the list. */
  query: string;
}

/** A list of cards of which a thousand cost little more than those that show. */
export function CardList({ events, now_ms, query }: Props) {
  const reached = useMemo(() => ({ blocks: FIRST_BLOCKS }), [query]);
  const [, renderAgain] = useState(0);
  const blocks = useMemo(() => inBlocks(events), [events]);
  const reach = (index: number) => {
    if (index + 2 <= reached.blocks) return;
    reached.blocks = index + 2;
    renderAgain((count) => count + 1);
  };
  if (events.length === 0) return null;
  return (
    <ul class="cards">
      {blocks.slice(0, reached.blocks).map((block, index) => (
        <Block
          key={index}
          events={block}
          now_ms={now_ms}
          first={index === 0}
          onNear={() => reach(index)}
        />
      ))}
    </ul>
  );
}

function inBlocks(events: readonly CharterEvent[]): CharterEvent[][] {
  return Array.from({ length: Math.ceil(events.length / BLOCK) }, (_, index) =>
    events.slice(index * BLOCK, (index + 1) * BLOCK),
  );
}

interface BlockProps {
  events: readonly CharterEvent[];
  now_ms: number;
  first: boolean;
  onNear(): void;
}

function Block({ events, now_ms, first, onNear }: BlockProps) {
  const rows = useRef<(HTMLLIElement | null)[]>([]);
  const [near, setNear] = useState(first);
  const told = useRef(onNear);
  told.current = onNear;

  const move = (isNear: boolean) => {
    const there = rows.current.filter((row) => row !== null);
    // What is being typed or asked in a card must not vanish with it.
    if (!isNear && (first || there.some((row) => row.contains(document.activeElement)))) return;
    // They keep their heights, so that nothing jumps.
    const heights = there.map((row) => (isNear ? "" : `${row.offsetHeight}px`));
    for (const [index, row] of there.entries()) row.style.minHeight = heights[index] ?? "";
    setNear(isNear);
    if (isNear) told.current();
  };
  useEffect(() => follow(rows.current[0], move), [events[0]?.event_id]);

  // Brief cards name no time, so they need not be looked at again when only time has passed.
  return useMemo(
    () => (
      <>
        {events.map((event, index) => (
          <li
            key={event.event_id}
            class={near ? undefined : "card-far"}
            ref={(row) => {
              rows.current[index] = row;
            }}
          >
            <Card event={event} now_ms={now_ms} brief={!near} />
          </li>
        ))}
      </>
    ),
    [near, near && now_ms, ...events],
  );
}

const followed = new WeakMap<Element, (near: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Tells whenever an element comes near the window, or goes; returns the way to stop it. */
function follow(
  element: Element | null | undefined,
  tell: (near: boolean) => void,
): (() => void) | undefined {
  if (!element) return;
  observer ??= new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) followed.get(target)?.(isIntersecting);
    },
    { rootMargin: AROUND },
  );
  followed.set(element, tell);
  observer.observe(element);
  return () => observer?.unobserve(element);
}
