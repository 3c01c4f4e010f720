import { useRef } from "preact/hooks";
import { Board } from "../charters/board";
import { CharterPage } from "../charters/charter";
import { CharterDialogs } from "../charters/charter-dialog";
import { logout } from "../data/api";
import { outbox } from "../data/device-outbox";
import * as session from "../data/session";
import { useValue } from "../lib/observable";
import { type DeskRoute, href } from "../lib/router";
import { PaymentDialogs } from "../payments/payment-dialog";
import { OutboxStrip } from "../payments/unsent";
import { LoginDialog, LoginPage } from "../sign-in/login";
import { announce } from "../ui/notices";
import { Mark } from "../ui/page";
import { isPayments, isWaivers, LazyPage } from "./lazy-page";
import { newRelease, showNewRelease } from "./release";

/** What only admins see. Without a session nothing of it is rendered, and nothing is asked for. */
export function Desk({ route }: { route: DeskRoute }) {
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
