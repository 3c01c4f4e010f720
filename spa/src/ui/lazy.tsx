import { type ComponentType, createElement } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button";

interface WaitingProps {
  failed: boolean;
  onRetry(): void;
}

/** A component that is fetched when it is first shown; until then `Waiting` stands in its place, and is told the same. */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Waiting: ComponentType<Props & WaitingProps>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    const refocus = useRef(false);

    const fetchPart = () => {
      setFailed(false);
      load().then(
        (part) => {
          loaded = part;
          // The heading that has the focus is about to be replaced: the new one gets it.
          refocus.current = document.activeElement?.tagName === "H1";
          setPart(() => part);
        },
        () => setFailed(true),
      );
    };
    useLayoutEffect(() => {
      if (!Part) fetchPart();
    }, []);
    useLayoutEffect(() => {
      if (refocus.current) document.querySelector("h1")?.focus({ preventScroll: true });
      refocus.current = false;
    }, [Part]);

    return Part ? createElement(Part, props) : createElement(Waiting, { ...props, failed, onRetry: fetchPart });
  };
}

export function NotLoaded({ onRetry }: { onRetry(): void }) {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">This page could not be loaded.</p>
      <p>It is fetched when it is first opened. Check the connection and try again.</p>
      <p class="buttons">
        <Button onClick={onRetry}>Try again</Button>
        {/* Some browsers do not fetch again what has failed once. */}
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </p>
    </div>
  );
}
