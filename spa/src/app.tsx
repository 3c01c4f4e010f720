import { useEffect, useRef } from "preact/hooks";
import { logout } from "./api";
import { Board } from "./board";
import { OutboxStrip } from "./card";
import { CharterPage } from "./charter";
import { CharterDialogs } from "./charter-dialog";
import { outbox } from "./charters";
import { GuestPage } from "./guest";
import { isPayments, isWaivers, LazyPage } from "./lazy-page";
import { LoginDialog, LoginPage } from "./login";
import { NotFound } from "./not-found";
import { useValue } from "./observable";
import { PaymentDialogs } from "./payment-dialog";
import { newRelease, showNewRelease } from "./release";
import { href, parseRoute, pathname, type Route } from "./router";
import * as session from "./session";
import { announce, Mark, Notices } from "./ui";
import { WaiverDetour } from "./waiver-detour";

export function App() {
  const path = useValue(pathname);
  const route = parseRoute(path);
  useFocusOnNavigation(path);
  return (
    <>
      <Page route={route} />
      <Notices />
    </>
  );
}

function Page({ route }: { route: Route }) {
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
      return <Desk route={route} />;
  }
}

type DeskRoute = Exclude<Route, { page: "guest" | "waiver" | "not_found" }>;

/** What only admins see. Without a session nothing of it is rendered, and nothing is asked for. */
function Desk({ route }: { route: DeskRoute }) {
  const current = useValue(session.session);
  const { state } = current;
  const token = useRef("");
  if (current.state === "in") token.current = current.token;
  if (state === "out") return <LoginPage />;
  return (
    <>
      <DeskHeader page={route.page} />
      {/* A new session loads the page again; an ended one leaves it as it is. */}
      <DeskPage key={token.current} route={route} />
      <PaymentDialogs />
      <CharterDialogs />
      {state === "ended" && <LoginDialog />}
    </>
  );
}

function DeskPage({ route }: { route: DeskRoute }) {
  switch (route.page) {
    case "board":
      return <Board />;
    case "charter":
      return <CharterPage key={route.event_id} event_id={route.event_id} />;
    default:
      return <LazyPage route={route} />;
  }
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

function DeskHeader({ page }: { page: DeskRoute["page"] }) {
  const current = (is: boolean) => (is ? { "aria-current": "page" as const } : {});
  return (
    <header class="top">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <a class="brand" href={href("/")}>
        <Mark />
        <span class="brand-name">Ship Captain Crew</span>
      </a>
      <nav aria-label="Main">
        <a href={href("/")} {...current(page === "board")}>
          Board
        </a>
        <a href={href("/payments")} {...current(isPayments(page))}>
          Payments
        </a>
        <a href={href("/mail")} {...current(page === "mail")}>
          Mail
        </a>
        <a href={href("/waiver")} {...current(isWaivers(page))}>
          Waiver
        </a>
      </nav>
      <button type="button" class="leave" onClick={() => void leave()}>
        Log out
      </button>
      <OutboxStrip />
      <ReleaseStrip />
    </header>
  );
}

function ReleaseStrip() {
  if (!useValue(newRelease)) return null;
  return (
    <div class="strip outbox-strip strip-calm" role="status">
      <p>A new version is ready.</p>
      <button type="button" onClick={showNewRelease}>
        Reload
      </button>
    </div>
  );
}

async function leave(): Promise<void> {
  const unsent = outbox.entries.value.length;
  const ending = logout().catch(() => null);
  // The token is needed for the call, so it has started already; the desk closes at once.
  session.leave();
  await ending;
  if (unsent > 0) {
    const what = unsent === 1 ? "1 payment stays" : `${unsent} payments stay`;
    announce(`Logged out. ${what} on this device and is sent after the next login.`, "bad");
  } else {
    announce("Logged out.");
  }
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
