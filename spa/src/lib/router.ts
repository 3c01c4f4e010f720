import { Observable } from "./observable";

export type Route =
  | { page: "board" }
  | { page: "charter"; event_id: string }
  | { page: "statement"; event_id: string }
  | { page: "manifest"; event_id: string }
  | { page: "dock_card"; event_id: string }
  | { page: "payments" }
  | { page: "to_clear" }
  | { page: "reports" }
  | { page: "deposit" }
  | { page: "mail" }
  | { page: "waiver_versions" }
  | { page: "waivers" }
  | { page: "waiver_record"; event_id: string; waiver_id: string }
  | { page: "guest"; event_id: string }
  /** The waiver is the server's page; the app only ever sends visitors on to it. */
  | { page: "waiver"; event_id: string }
  | { page: "not_found" };

export type DeskRoute = Exclude<Route, { page: "guest" | "waiver" | "not_found" }>;

const STAGING = "/_staging";

/** Where the app lives: the same bytes are served at `/` and at `/_staging/`. */
export function basePath(pathname: string): string {
  return pathname === STAGING || pathname.startsWith(`${STAGING}/`) ? STAGING : "";
}

const fixed: Readonly<Record<string, Route>> = {
  "": { page: "board" },
  payments: { page: "payments" },
  "payments/to-clear": { page: "to_clear" },
  "payments/reports": { page: "reports" },
  "payments/deposit": { page: "deposit" },
  mail: { page: "mail" },
  waiver: { page: "waiver_versions" },
  waivers: { page: "waivers" },
};

/** The pages behind a charter's own. */
const ofCharter: Readonly<Record<string, "statement" | "manifest" | "dock_card">> = {
  statement: "statement",
  manifest: "manifest",
  "dock-card": "dock_card",
};

/** What a path names. */
export function parseRoute(pathname: string): Route {
  const path = pathname.slice(basePath(pathname).length);
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second, third, fourth] = parts;
  if (path.includes("//")) return { page: "not_found" };
  const known = Object.hasOwn(fixed, parts.join("/")) && fixed[parts.join("/")];
  if (known) return known;
  if (!isId(second)) return { page: "not_found" };
  if (first === "events" && parts.length === 2) return { page: "charter", event_id: second };
  if (first === "events" && parts.length === 3) {
    const page = third && Object.hasOwn(ofCharter, third) && ofCharter[third];
    return page ? { page, event_id: second } : { page: "not_found" };
  }
  if (first === "events" && parts.length === 4 && third === "waivers" && isId(fourth)) {
    return { page: "waiver_record", event_id: second, waiver_id: fourth };
  }
  if (first === "g" && parts.length === 2) {
    // `/g/waiver` is a link that lost its id, not a charter.
    return second === "waiver" ? { page: "not_found" } : { page: "guest", event_id: second };
  }
  if (first === "g" && parts.length === 3 && third === "waiver") {
    return { page: "waiver", event_id: second };
  }
  return { page: "not_found" };
}

function isId(part: string | undefined): part is string {
  return part !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(part);
}

/** Whether a path is a page of the admins' desk, not of guests and not unknown. */
export function isDesk(pathname: string): boolean {
  return !["guest", "waiver", "not_found"].includes(parseRoute(pathname).page);
}

/** The server's own page, outside of the app and the same for both slots. */
export function waiverPath(event_id: string): string {
  return `/g/${event_id}/waiver`;
}

export const pathname = new Observable(window.location.pathname);

/** What is asked of a page, for example `?from=2026-11-01&to=2026-11-30`. */
export const query = new Observable(window.location.search);

function follow(): void {
  // First the question: the page of the new path must not see the old one.
  query.value = window.location.search;
  pathname.value = window.location.pathname;
}

/** A path of the app as an address: keeps visitors of the staged app in the staged app. */
export function href(path: string): string {
  return basePath(pathname.value) + path;
}

/** Shows another page of the app. */
export function navigate(path: string, { replace = false } = {}): void {
  window.history[replace ? "replaceState" : "pushState"](null, "", href(path));
  follow();
  window.scrollTo(0, 0);
}

/** Takes over plain clicks on links to pages of the app; all else is the browser's. */
export function startRouter(): () => void {
  const onClick = (click: MouseEvent) => {
    const path = ownPath(click);
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

function ownPath(click: MouseEvent): string | null {
  if (click.defaultPrevented || click.button !== 0) return null;
  if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return null;
  const link = (click.target as Element | null)?.closest("a");
  if (!link?.href || link.target || link.hasAttribute("download")) return null;
  const url = new URL(link.href);
  if (url.origin !== window.location.origin || url.hash) return null;
  const base = basePath(pathname.value);
  if (basePath(url.pathname) !== base) return null;
  const { page } = parseRoute(url.pathname);
  if (page === "waiver" || page === "not_found") return null;
  return (url.pathname.slice(base.length) || "/") + url.search;
}
