import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "./button";
import { keepFocus } from "./page";
import { useTask } from "./task";

/** More rows than these are folded: the first ones show, see `.folded`. */
const MOST_ROWS = 50;

/** A list that may be long. Printed, it is whole. */
export function Folded({ count, children }: { count: number; children: ComponentChildren }) {
  const [whole, setWhole] = useState(false);
  const folded = count > MOST_ROWS && !whole;
  const unfold = () => {
    setWhole(true);
    keepFocus();
  };
  return (
    <div class={folded ? "folded" : undefined}>
      {children}
      {folded && (
        <p class="load">
          <Button onClick={unfold}>Show all {count}</Button>
        </p>
      )}
    </div>
  );
}

/** Loads more on a tap, and says what went wrong. */
export function LoadButton({ label, load }: { label: string; load(): Promise<void> }) {
  const { busy, failure, run } = useTask("");
  return (
    <p class="load">
      <Button onClick={() => void run(load)} disabled={busy}>
        {busy ? "Loading…" : label}
      </Button>
      <span role="alert" class="error">
        {failure}
      </span>
    </p>
  );
}
