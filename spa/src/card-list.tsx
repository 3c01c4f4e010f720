import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Card } from "./card";
import type { CharterEvent } from "./contract";

/** So many cards at the top of a list are always there in full. */
const ALWAYS = 20;
/** How far beyond the window's edges cards are there in full. */
const AROUND = "150% 0px";
/** So many rows are put on the page at once; nobody waits for what is far below. */
const STEP = 50;

interface Props {
  events: readonly CharterEvent[];
  now_ms: number;
  /** The others stay where they are, hidden: quicker than to take them off and put them back. */
  fitting: ReadonlySet<CharterEvent>;
}

/** A list of cards, in which a thousand cost little more than those that show. */
export function CardList({ events, now_ms, fitting }: Props) {
  const [rows, setRows] = useState(STEP);
  useEffect(() => {
    if (rows >= events.length) return;
    const timer = setTimeout(() => setRows(rows + STEP));
    return () => clearTimeout(timer);
  }, [rows, events.length]);
  if (events.length === 0) return null;
  return (
    <ul class="cards">
      {events.slice(0, rows).map((event, index) => (
        <Row
          key={event.event_id}
          event={event}
          now_ms={now_ms}
          always={index < ALWAYS}
          hidden={!fitting.has(event)}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  event: CharterEvent;
  now_ms: number;
  always: boolean;
  hidden: boolean;
}

function Row({ event, now_ms, always, hidden }: RowProps) {
  const element = useRef<HTMLLIElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => follow(element.current, setNear), []);
  const full = always || near;
  // A brief card names no time, so it need not be looked at again when only time has passed.
  const card = useMemo(
    () => <Card event={event} now_ms={now_ms} brief={!full} />,
    [event, full, full && now_ms],
  );
  return (
    <li ref={element} hidden={hidden} class={full ? undefined : "card-far"}>
      {card}
    </li>
  );
}

const followed = new WeakMap<Element, (near: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Tells whenever an element comes near the window, or goes; returns the way to stop it. */
function follow(element: Element | null, tell: (near: boolean) => void): () => void {
  if (!element) return () => {};
  if (!("IntersectionObserver" in window)) {
    tell(true);
    return () => {};
  }
  observer ??= new IntersectionObserver((changes) => changes.forEach(change), {
    rootMargin: AROUND,
  });
  followed.set(element, tell);
  observer.observe(element);
  return () => observer?.unobserve(element);
}

function change({ target, isIntersecting, boundingClientRect }: IntersectionObserverEntry): void {
  const row = target as HTMLElement;
  // What is being typed or asked in a card must not vanish with it.
  if (!isIntersecting && row.contains(document.activeElement)) return;
  // It keeps its height, so that nothing jumps.
  if (boundingClientRect.height > 0) {
    row.style.minHeight = isIntersecting ? "" : `${boundingClientRect.height}px`;
  }
  followed.get(target)?.(isIntersecting);
}
