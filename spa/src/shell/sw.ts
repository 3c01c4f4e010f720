import { wanted } from "./sw-rules";

// The service worker of a slot: the app opens without a network, from the files of one release. It
// holds no data, knows no token, and leaves everything but those files to the network.

declare const self: ServiceWorkerGlobalScope;

/** The page and the pool's files with their hashes, put in by the build. */
declare const FILES: readonly (readonly [path: string, integrity: string])[];
declare const RELEASE: string;

const base = new URL(self.registration.scope).pathname;
const prefix = `scc ${base} `;
const cacheName = prefix + RELEASE;
const files = new Map(FILES);

self.addEventListener("install", (event) => event.waitUntil(fetchAll()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("message", ({ data }) => {
  if (data === "take over") void self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const path = wanted(event.request, base, files);
  if (!path) return;
  event.respondWith(answer(path, event.request));
  if (path === "./") event.waitUntil(refill().catch(() => {}));
});

/** All or nothing: a page of another release than this worker's does not match its hash. */
async function fetchAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  const requests = Array.from(files, ([path, integrity]) => {
    return new Request(new URL(path, self.registration.scope), {
      integrity,
      cache: path === "./" ? "no-cache" : "default",
    });
  });
  await cache.addAll(requests);
}

/** What the browser, or a person, has emptied is fetched again whenever a page starts with a network. */
async function refill(): Promise<void> {
  const cache = await caches.open(cacheName);
  const kept = await cache.keys();
  if (kept.length < files.size) await fetchAll();
}

/** The other slot's caches are the other worker's. */
async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function answer(path: string, request: Request): Promise<Response> {
  const url = new URL(path, self.registration.scope);
  const kept = await caches.match(url, { cacheName }).catch(() => null);
  return kept ?? fetch(request);
}
