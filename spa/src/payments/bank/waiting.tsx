import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { PaymentPage } from "../../data/contract";
import { lastSaved } from "../../data/device-outbox";
import { listToClear } from "../../data/later-api";
import { Observable, useValue } from "../../lib/observable";
import { type CountProps, showCurrent } from "../../ui/subnav";

/** How many payments wait to clear, as last heard; null when nobody said yet. */
export const waitingCount = new Observable<number | null>(null);

/** Behind the link to them. Their own page says it itself, and a count that cannot be had is left out. */
export function WaitingCount({ current }: CountProps) {
  const saved = useValue(lastSaved);
  const count = useValue(waitingCount);
  useEffect(() => {
    if (current) return;
    let isLatest = true;
    listToClear({ limit: 1 }).then(
      ({ totals }) => {
        // The answer to an earlier question may be the slower one.
        if (isLatest) waitingCount.value = countOf(totals);
      },
      () => {},
    );
    return () => {
      isLatest = false;
    };
  }, [current, saved]);
  const mark = useRef<HTMLElement>(null);
  // It moves the links beside it.
  useLayoutEffect(() => showCurrent(mark.current?.closest("nav")), [count]);
  return count ? (
    <b ref={mark} class="subnav-count">
      {" "}
      {count}
    </b>
  ) : null;
}

/** How many wait, in every currency. */
export function countOf({ count, other_currencies }: PaymentPage["totals"]): number {
  return other_currencies.reduce((sum, other) => sum + other.count, count);
}
