import { useState } from "preact/hooks";
import type { Charter } from "../../data/contract";
import { Button } from "../../ui/button";
import { lazy } from "../../ui/lazy";
import { Skeleton } from "../../ui/page";

const LazyHistory = lazy<{ charter: Charter }>(
  async () => (await import("./history")).History,
  ({ failed, onRetry }) =>
    failed ? (
      <p class="buttons">
        <span class="error">The history could not be loaded.</span>
        <Button onClick={onRetry}>Try again</Button>
      </p>
    ) : (
      <Skeleton rows={3} kind="line" />
    ),
);

/** Few visits need the history: it is read when it is asked for. */
export function HistoryOnDemand({ charter }: { charter: Charter }) {
  const [shown, setShown] = useState(false);
  if (shown) return <LazyHistory charter={charter} />;
  return <Button onClick={() => setShown(true)}>Show who changed what</Button>;
}
