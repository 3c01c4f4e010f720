import { onReturn } from "../lib/browser/on-return";
import { href, isPreview } from "../lib/browser/router";
import { Observable } from "../lib/observable";

const HOUR_MS = 3_600_000;

/** Whether another release than this page's is ready. It is offered, never forced. */
export const newRelease = new Observable(false);

let following = false;
let registration: ServiceWorkerRegistration | undefined;

/**
 * Installs the worker of this slot, tells the one that serves this page that it runs, and checks for new releases at the
 * start, on return and hourly.
 */
export async function followReleases(): Promise<void> {
  // A preview never changes, and leaves nothing on the device.
  if (following || !import.meta.env.PROD || !("serviceWorker" in navigator) || isPreview()) return;
  following = true;
  // Another tab has changed over to a new release, and with it the worker of this page.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    newRelease.value = true;
  });
  registration = await navigator.serviceWorker.register(href("/sw.js"), { updateViaCache: "none" });
  registration.addEventListener("updatefound", watch);
  watch();
  const check = () => void registration?.update().catch(() => {});
  onReturn(check);
  setInterval(check, HOUR_MS);
  check();
  // The controller of a page in a folder may be the root's, which has not served it.
  const serving = registration.active ?? (await navigator.serviceWorker.ready).active;
  serving?.postMessage("started");
}

/** A worker that waits beside an active one is a new release, ready to be shown. */
function watch(): void {
  const coming = registration?.installing;
  coming?.addEventListener("statechange", watch);
  if (registration?.waiting && registration.active) newRelease.value = true;
}

/** Shows the new release in this tab; the others keep what they are doing. */
export function showNewRelease(): void {
  const waiting = registration?.waiting;
  if (!waiting) {
    window.location.reload();
    return;
  }
  waiting.addEventListener("statechange", () => {
    if (waiting.state === "activated") window.location.reload();
  });
  waiting.postMessage("take over");
}
