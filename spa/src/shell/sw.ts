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
/** Kept among the files of a release that has run on this device; no page asks for it. */
const STARTED = new URL("./_started", self.registration.scope);

self.addEventListener("install", (event) => event.waitUntil(fetchAll().then(replaceWhatNeverStarted)));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
  if (event.data === "started") event.waitUntil(noteStart().catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const path = wanted(event.request, base, files);
  if (path) event.respondWith(answer(path, event.request));
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

/**
 * Whether the release before may stay until somebody asks: not when it has never run on this device. Its pages are
 * blank then, and cannot ask.
 */
async function replaceWhatNeverStarted(): Promise<void> {
  const others = await namesOfOthers();
  const started = await Promise.all(others.map((cacheName) => caches.match(STARTED, { cacheName })));
  if (!started.some(Boolean)) await self.skipWaiting();
}

/** A page of this release runs. What the browser, or a person, has emptied since the last time is fetched again. */
async function noteStart(): Promise<void> {
  const cache = await caches.open(cacheName);
  const kept = (await cache.keys()).filter(({ url }) => url !== STARTED.href);
  if (kept.length < files.size) await fetchAll();
  await cache.put(STARTED, new Response());
}

/** The other slot's caches are the other worker's. */
async function forgetOthers(): Promise<void> {
  await Promise.all((await namesOfOthers()).map((name) => caches.delete(name)));
}

/** Of the caches of this slot's other releases. */
async function namesOfOthers(): Promise<string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
}

async function answer(path: string, request: Request): Promise<Response> {
  const url = new URL(path, self.registration.scope);
  const kept = await caches.match(url, { cacheName }).catch(() => null);
  return kept ?? fetch(request);
}
