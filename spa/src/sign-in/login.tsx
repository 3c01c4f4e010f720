import type { ComponentChildren } from "preact";
import { outbox } from "../data/device-outbox";
import * as session from "../data/session";
import { useValue } from "../lib/observable";
import { Dialog } from "../ui/dialog/dialog";
import { lazy, NotLoaded } from "../ui/lazy";
import { Logo, usePageTitle } from "../ui/page";
import type { LoginFormProps } from "./login-form";
import "./login.css";

/** Fetched where it is needed: most who open the desk are logged in. */
const LoginForm = lazy<LoginFormProps>(
  async () => (await import("./login-form")).LoginForm,
  ({ failed, onRetry }) => (failed ? <NotLoaded onRetry={onRetry} /> : null),
);

export function LoginPage({ children }: { children: ComponentChildren }) {
  usePageTitle("Log in");
  return (
    <main class="login" id="main">
      <div class="login-box">
        <p class="login-brand">
          <Logo />
          <span>Ship Captain Crew</span>
        </p>
        <h1 tabIndex={-1}>Dispatch</h1>
        {children}
        <Waiting />
        <LoginForm />
      </div>
    </main>
  );
}

/** That payments wait on this device; whose and what, only a login shows. */
function Waiting() {
  const { length } = useValue(outbox.entries);
  if (length === 0) return null;
  return (
    <p class="strip strip-wait" role="status">
      {length === 1
        ? "1 payment on this device is not sent yet. Log in and it is sent."
        : `${length} payments on this device are not sent yet. Log in and they are sent.`}
    </p>
  );
}

/** Asks again when a session has ended, over the page, so that nothing typed is lost. */
export function LoginDialog() {
  return (
    <Dialog title="Please log in again" onClose={() => {}} closable={false} opaque>
      <div class="dialog-body">
        <p>Your session has ended. Log in to go on where you were.</p>
        <LoginForm onLeave={session.leave} />
      </div>
    </Dialog>
  );
}
