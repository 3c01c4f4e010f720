import { elsewhere, pathPattern } from "../lib/elsewhere";

const notPages = elsewhere.map((pattern) => new RegExp(pathPattern(pattern)));

/**
 * What the worker of a slot answers a request with: `./`, the slot's page; the path of a file of its
 * release; or null for all that is the network's. `base` is the slot's folder, `/` or `/_staging/`.
 */
export function wanted(
  { method, mode, url }: Pick<Request, "method" | "mode" | "url">,
  base: string,
  files: ReadonlyMap<string, unknown>,
): string | null {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return null;
  if (files.has(pathname)) return pathname;
  return mode === "navigate" && isPage(pathname, base) ? "./" : null;
}

/** The same rule as the edge's: its behaviours, and viewer-request.js for what is a file. */
function isPage(pathname: string, base: string): boolean {
  if (!pathname.startsWith(base)) return false;
  const path = pathname.slice(base.length - 1);
  // `/_local/…`, on a developer's machine, is not the app's either.
  if (path.startsWith("/_") || notPages.some((pattern) => pattern.test(path))) return false;
  return !/\.[a-z0-9]+$/i.test(path) || /^\/(g|events)\//.test(path);
}
