import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { pathname } from "../lib/browser/router";
import { markStarted } from "../lib/browser/started";
import { useValue } from "../lib/observable";
import { lazy, NotLoaded } from "../ui/lazy";
import { Logo, pageOwner, setPageOwner } from "../ui/page";
import { PageView } from "./page-view";
import { findPage } from "./pages";
import "./header.css";

interface Props {
  /** Fetches what only admins see; guests' phones do without it. */
  loadDesk(): Promise<ComponentType<{ path: string }>>;
}

/** For an admin who looks at a guest's page: guests have no worker, and fetch nothing of the desk. */
const ReleaseStrip = lazy(
  async () => (await import("./desk-start")).ReleaseStrip,
  () => null,
);

export function App({ loadDesk }: Props) {
  const path = useValue(pathname);
  const { open } = findPage(path).page;
  const [Desk] = useState(() => lazy(loadDesk, DeskWaiting));
  // A guest's page tells the operator's name as soon as it knows it.
  useLayoutEffect(() => setPageOwner(open ? "" : "Ship Captain Crew"), [path]);
  useFocusOnNavigation(path);
  useEffect(() => {
    if (open) markStarted();
  }, [open]);
  return (
    <>
      {open ? (
        <>
          <GuestHeader />
          {navigator.serviceWorker?.controller && <ReleaseStrip />}
          <PageView path={path} />
        </>
      ) : (
        <Desk path={path} />
      )}
    </>
  );
}

function DeskWaiting({ failed, onRetry }: { failed: boolean; onRetry(): void }) {
  return (
    <>
      <GuestHeader />
      <main id="main" class="page" aria-busy={!failed}>
        {failed && <NotLoaded onRetry={onRetry} />}
      </main>
    </>
  );
}

function GuestHeader() {
  const owner = useValue(pageOwner);
  return (
    <header class="bar no-print">
      <p class="brand">
        <Logo />
        <span>{owner}</span>
      </p>
    </header>
  );
}

/** After a click on a link, reading goes on at the new page's heading. */
function useFocusOnNavigation(path: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    // A link into a page leads further than its heading.
    if (!window.location.hash) document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path]);
}
