import { Observable } from "../observable";

/** Where the app lives: the same bytes are served at `/`, at `/_staging/`, and at `/_preview/` with their release's id. */
export function basePath(pathname: string): string {
  return /^\/_(staging|preview\/[0-9a-f]{12})(?=\/|$)/.exec(pathname)?.[0] ?? "";
}

/** A release at its own address, which ends after a month. */
export const isPreview = () => basePath(pathname.value).startsWith("/_preview");

/** The ids in a path where its pattern says `:name`; null when it is another path. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const ids = pattern.replace(/\/$/, "").replace(/:(\w+)/g, "(?<$1>[\\w-]{1,64})");
  const found = new RegExp(`^${ids}/?$`).exec(path);
  return found && { ...found.groups };
}

export const pathname = new Observable(window.location.pathname);

/** What is asked of a page, for example `?from=2026-11-01&to=2026-11-30`. */
export const query = new Observable(window.location.search);

function follow(): void {
  // The query first: the page of the new path must not see the old one.
  query.value = window.location.search;
  pathname.value = window.location.pathname;
}

/** A path of the app as an address: keeps visitors of the staged app in the staged app. */
export function href(path: string): string {
  return basePath(pathname.value) + path;
}

/** While the history steps back over what was closed, the next page waits: it would be stepped over. */
export const stepBack = { isUnderWay: false, afterwards: () => {} };

export function navigate(path: string): void {
  if (stepBack.isUnderWay) {
    stepBack.afterwards = () => navigate(path);
    return;
  }
  // A dialog that leads to a page leaves it its own entry.
  const replace = window.history.state?.layers;
  window.history[replace ? "replaceState" : "pushState"](null, "", href(path));
  follow();
  window.scrollTo(0, 0);
}

/** Takes over plain clicks on links to pages of the app; all else is the browser's. */
export function startRouter(isPage: (pathname: string) => boolean): () => void {
  const onClick = (click: MouseEvent) => {
    const path = ownPath(click, isPage);
    if (path === null) return;
    click.preventDefault();
    navigate(path);
  };
  follow();
  window.addEventListener("popstate", follow);
  document.addEventListener("click", onClick);
  return () => {
    window.removeEventListener("popstate", follow);
    document.removeEventListener("click", onClick);
  };
}

function ownPath(click: MouseEvent, isPage: (pathname: string) => boolean): string | null {
  if (click.defaultPrevented || click.button !== 0) return null;
  if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return null;
  const link = (click.target as Element | null)?.closest("a");
  if (!link?.href || link.target || link.hasAttribute("download")) return null;
  const url = new URL(link.href);
  if (url.origin !== window.location.origin || url.hash) return null;
  const base = basePath(pathname.value);
  if (basePath(url.pathname) !== base || !isPage(url.pathname)) return null;
  return (url.pathname.slice(base.length) || "/") + url.search;
}
