import { useRef, useState } from "preact/hooks";
import { CharterDialogs, openCharterDialog } from "../charters/form/open-charter";
import { logout } from "../data/api";
import { outbox } from "../data/device-outbox";
import * as session from "../data/session";
import { href, navigate } from "../lib/browser/router";
import { clockFault, operatorClock } from "../lib/clock";
import { useValue } from "../lib/observable";
import { openPaymentDialog, PaymentDialogs } from "../payments/payment-dialog";
import { OutboxStrip } from "../payments/unsent";
import { LoginDialog, LoginPage } from "../sign-in/login";
import { Button } from "../ui/button";
import { lazyDialog } from "../ui/dialog/lazy-dialog";
import { announce, Notices } from "../ui/notices";
import { Logo } from "../ui/page";
import { type Entry, Navigation } from "./navigation";
import { PageView } from "./page-view";
import { findPage, pages } from "./pages";
import { ReleaseStrip } from "./release-strip";
import { sections } from "./sections";
import { useShortcuts } from "./shortcuts";

const entries: readonly Entry[] = Object.entries(sections).map(([name, icon]) => ({
  name,
  icon,
  path: pages.find(({ section }) => section === name)?.path ?? "/",
}));

const Help = lazyDialog<{ onClose(): void }>("Keys", async () => (await import("./help-dialog")).HelpDialog);

/** What only admins see. Without a session nothing of it is rendered, and nothing is asked for. */
export function Desk({ path }: { path: string }) {
  const current = useValue(session.session);
  const clock = useValue(operatorClock);
  const token = useRef("");
  if (current.state === "in") token.current = current.token;
  const [helping, setHelping] = useState(false);
  const acts = { n: () => openCharterDialog(), "/": goToSearch, "?": () => setHelping(true) };
  useShortcuts(current.state === "in" ? acts : {});
  if (current.state === "out") {
    return (
      <>
        <LoginPage>
          <ReleaseStrip />
        </LoginPage>
        <Notices />
      </>
    );
  }
  return (
    <>
      <DeskHeader path={path} onHelp={() => setHelping(true)} />
      {/* A new session loads the page again, and so does news of the operator's clock; an ended one leaves it as it is. */}
      <PageView
        key={`${token.current} ${clock.timezone} ${clock.ahead_ms}`}
        path={path}
        // On a phone it is a tab below the page.
        pay={
          <Button class="primary only-desktop" onClick={() => openPaymentDialog()}>
            Log payment
          </Button>
        }
      />
      <PaymentDialogs />
      <CharterDialogs />
      {helping && <Help onClose={() => setHelping(false)} />}
      {current.state === "ended" && <LoginDialog />}
      <Notices />
    </>
  );
}

function DeskHeader({ path, onHelp }: { path: string; onHelp(): void }) {
  return (
    <header class="top no-print">
      <div class="bar">
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <a class="brand" href={href("/")}>
          <Logo />
          <span>Ship Captain Crew</span>
        </a>
        <Navigation entries={entries} current={findPage(path).page.section} onPay={() => openPaymentDialog()} />
        <Button class="leave only-desktop" aria-keyshortcuts="?" onClick={onHelp}>
          Keys
        </Button>
        <Button class="leave" onClick={() => void leave()}>
          Log out
        </Button>
      </div>
      <ClockStrip />
      <OutboxStrip />
      <ReleaseStrip />
    </header>
  );
}

function ClockStrip() {
  const fault = clockFault(useValue(operatorClock));
  if (!fault) return null;
  return (
    <div class="strip strip-wait" role="status">
      <p>
        <strong>The clock of this device is {fault}.</strong> Times here are the server’s.
      </p>
    </div>
  );
}

function goToSearch(): void {
  const search = document.getElementById("search");
  if (search) search.focus();
  else navigate("/#search");
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
