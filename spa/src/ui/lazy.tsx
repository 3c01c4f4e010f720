import { useLayoutEffect, useState } from "preact/hooks";

/** A part of the app that is fetched when it is first shown; null until it is there. */
export function usePart<T>(fetchPart: () => Promise<T>) {
  const [part, setPart] = useState<T | null>(null);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    fetchPart().then(setPart, () => setFailed(true));
  };
  useLayoutEffect(load, []);
  return { part, failed, load };
}

export function NotLoaded({ onRetry }: { onRetry(): void }) {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">This page could not be loaded.</p>
      <p>It is fetched when it is first opened. Check the connection and try again.</p>
      <p class="buttons">
        <button type="button" onClick={onRetry}>
          Try again
        </button>
        {/* Some browsers do not fetch again what has failed once. */}
        <button type="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </p>
    </div>
  );
}
