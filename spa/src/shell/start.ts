export {};

// A script of its own, beside the app's: whatever is wrong with the app of a release, this still runs. It lets the
// release that waits beside it in, and touches nothing once the app runs: see decision 0111.

/** How long an app may take to start, from its own device, before something that waits may take its place. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 1_000;
const ASK_EVERY = 30;

const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker;
/** The page of a slot that is not at the root belongs to another worker than the root's, or to none. */
const isInFolder = (path: string) => path.startsWith("/_");
const hasStarted = () => document.getElementById("app")?.dataset.started !== undefined;
let looks = 0;

/** Once a second until the app runs; asks the server for another release at once and then each half minute. */
async function look(): Promise<void> {
  if (hasStarted()) return;
  setTimeout(look, LOOK_MS);
  const registration = await workers?.getRegistration();
  if (!registration || isInFolder(new URL(registration.scope).pathname) !== isInFolder(location.pathname)) return;
  registration.waiting?.postMessage("take over");
  if (looks++ % ASK_EVERY === 0) await registration.update().catch(() => {});
}

// Another worker has come in: by this page, by another tab, or by itself.
workers?.addEventListener("controllerchange", () => {
  if (!hasStarted()) location.reload();
});
setTimeout(look, PATIENCE_MS);
