import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { GuestPage } from "../guest/guest";
import { WaiverDetour } from "../guest/waiver-detour";
import { useValue } from "../lib/observable";
import { type DeskRoute, parseRoute, pathname, type Route } from "../lib/router";
import { NotLoaded, usePart } from "../ui/lazy";
import { NotFound } from "../ui/not-found";
import { Notices } from "../ui/notices";
import { Mark } from "../ui/page";
import "./header.css";

interface DeskPart {
  Desk(props: { route: DeskRoute }): ComponentChildren;
}

interface Props {
  /** Fetches what only admins see; guests' phones do without it. */
  loadDesk(): Promise<DeskPart>;
}

export function App({ loadDesk }: Props) {
  const path = useValue(pathname);
  const route = parseRoute(path);
  useFocusOnNavigation(path);
  return (
    <>
      <Page route={route} loadDesk={loadDesk} />
      <Notices />
    </>
  );
}

function Page({ route, loadDesk }: Props & { route: Route }) {
  switch (route.page) {
    case "guest":
      return (
        <>
          <GuestHeader />
          <GuestPage key={route.event_id} event_id={route.event_id} />
        </>
      );
    case "waiver":
      return (
        <>
          <GuestHeader />
          <WaiverDetour event_id={route.event_id} />
        </>
      );
    case "not_found":
      return (
        <>
          <GuestHeader />
          <NotFound />
        </>
      );
    default:
      return <LazyDesk route={route} loadDesk={loadDesk} />;
  }
}

function LazyDesk({ route, loadDesk }: Props & { route: DeskRoute }) {
  const { part, failed, load } = usePart(loadDesk);
  if (part) return <part.Desk route={route} />;
  return (
    <>
      <GuestHeader />
      <main id="main" class="page" aria-busy={!failed}>
        {failed && <NotLoaded onRetry={load} />}
      </main>
    </>
  );
}

function GuestHeader() {
  return (
    <header class="top">
      <p class="brand">
        <Mark />
        <span>Ship Captain Crew</span>
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
    document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path]);
}
