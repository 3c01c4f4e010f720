import { keep, recall } from "./kept.ts";

// The service worker of the crew's pages: what was seen last opens without a network, and says so. It knows no link of
// its own, and leaves everything else to the network.

declare const self: ServiceWorkerGlobalScope;

/** A signal that is this bad is none. */
const PATIENCE_MS = 5_000;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { pathname } = new URL(url);
  if (method !== "GET" || mode !== "navigate" || pathname.endsWith(".ics")) return;
  const fetched = fetchAndKeep(event.request, pathname);
  event.waitUntil(fetched.catch(() => {}));
  event.respondWith(answer(fetched, pathname));
});

async function fetchAndKeep(request: Request, path: string): Promise<Response> {
  const response = await fetch(request);
  await keep(path, response.clone()).catch(() => {});
  return response;
}

async function answer(fetched: Promise<Response>, path: string): Promise<Response> {
  const kept = await recall(path).catch(() => undefined);
  if (!kept) return fetched;
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const response = await Promise.race([fetched, late]).catch(() => null);
  return response && response.status < 500 ? response : kept;
}
