import { useRef } from "preact/hooks";
import { CharterDialogs } from "../charters/form/open-charter";
import { logout } from "../data/api";
import { outbox } from "../data/device-outbox";
import * as session from "../data/session";
import { clockFault, operatorClock } from "../lib/clock";
import { useValue } from "../lib/observable";
import { href } from "../lib/router";
import { PaymentDialogs } from "../payments/payment-dialog";
import { OutboxStrip } from "../payments/unsent";
import { LoginDialog, LoginPage } from "../sign-in/login";
import { Button } from "../ui/button";
import { announce } from "../ui/notices";
import { Logo } from "../ui/page";
import { PageView } from "./page-view";
import { findPage, pages } from "./pages";
import { newRelease, showNewRelease } from "./release";

/** The first page of each section. */
const sections = pages.filter(
  ({ section }, index) => section && pages.findIndex((page) => page.section === section) === index,
);

/** What only admins see. Without a session nothing of it is rendered, and nothing is asked for. */
export function Desk({ path }: { path: string }) {
  const current = useValue(session.session);
  const clock = useValue(operatorClock);
  const token = useRef("");
  if (current.state === "in") token.current = current.token;
  if (current.state === "out") return <LoginPage />;
  return (
    <>
      <DeskHeader path={path} />
      {/* A new session loads the page again, and so does news of the operator's clock; an ended one leaves it as it is. */}
      <PageView key={`${token.current} ${clock.timezone} ${clock.ahead_ms}`} path={path} />
      <PaymentDialogs />
      <CharterDialogs />
      {current.state === "ended" && <LoginDialog />}
    </>
  );
}

function DeskHeader({ path }: { path: string }) {
  const { section: current } = findPage(path).page;
  return (
    <header class="top no-print">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <a class="brand" href={href("/")}>
        <Logo />
        <span>Ship Captain Crew</span>
      </a>
      <nav aria-label="Main">
        {sections.map(({ section, path }) => (
          <a key={path} href={href(path)} {...(section === current ? { "aria-current": "page" as const } : {})}>
            {section}
          </a>
        ))}
      </nav>
      <Button class="leave" onClick={() => void leave()}>
        Log out
      </Button>
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
    <div class="strip outbox-strip strip-wait" role="status">
      <p>
        <strong>The clock of this device is {fault}.</strong> Times here are the server’s.
      </p>
    </div>
  );
}

function ReleaseStrip() {
  if (!useValue(newRelease)) return null;
  return (
    <div class="strip outbox-strip strip-calm" role="status">
      <p>A new version is ready.</p>
      <Button onClick={showNewRelease}>Reload</Button>
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
