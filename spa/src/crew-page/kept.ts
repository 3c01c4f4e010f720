/**
 * A person's pages as they were seen last, kept on the device so that they open without a network. The worker answers
 * with them; the page itself keeps what it has got by other ways than by opening it.
 */
const CACHE = "scc crew";
const KEPT_AT = "x-kept-at";
/** After this time a page is forgotten, so that no phone number stays on a device for good. */
const LONGEST_MS = 7 * 24 * 3_600_000;

export async function keep(path: string, response: Response, now_ms = Date.now()): Promise<void> {
  if (response.status === 404) return forget(path);
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (response.status !== 200 || !isPage) return;
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, String(now_ms));
  const cache = await caches.open(CACHE);
  await cache.put(path, new Response(await response.text(), { headers }));
  for (const request of await cache.keys()) {
    const found = await cache.match(request);
    if (found && now_ms - keptAt(found) > LONGEST_MS) await cache.delete(request);
  }
}

/** The page, which says when it was seen; undefined if there is none. */
export async function recall(path: string): Promise<Response | undefined> {
  const found = await (await caches.open(CACHE)).match(path);
  if (!found) return undefined;
  const html = (await found.text()).replace("<main ", `<main data-kept-at="${keptAt(found)}" `);
  return new Response(html, { headers: found.headers });
}

/** A link that opens nothing any more takes its pages with it. */
async function forget(path: string): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname === path || pathname.startsWith(`${path}/`)) await cache.delete(request);
  }
}

function keptAt(response: Response): number {
  return Number(response.headers.get(KEPT_AT));
}
