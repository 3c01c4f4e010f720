import { Observable } from "../lib/observable";

const KEY = "scc.token";
/** That this server has asked for a code: the next login then shows the field at once. */
const CODE = "scc.code";
/** Kept instead of a token that the server no longer takes. */
const EXPIRED = "";

/**
 * `in`: a token is at hand; `out`: nobody has logged in; `ended`: the server no longer takes the
 * token, and what is on the screen waits for the next login.
 */
export type Session = { state: "in"; token: string } | { state: "out" } | { state: "ended" };

export const session = new Observable<Session>(read());

/** Remembers the token for this tab, or for this device when the admin asked for it. */
export function begin(token: string, keep: boolean): void {
  try {
    // First in, then out: other tabs must not see a moment without a token.
    (keep ? localStorage : sessionStorage).setItem(KEY, token);
    (keep ? sessionStorage : localStorage).removeItem(KEY);
  } catch {
    // Storage may be full or forbidden; the session then lives as long as the page.
  }
  session.value = { state: "in", token };
}

/** The server refused this token. A token that has been replaced meanwhile is not touched. */
export function end(token: string): void {
  if (session.value.state !== "in" || session.value.token !== token) return;
  expire(token);
  session.value = { state: "ended" };
}

/** The admin leaves: nothing of the session stays on the device. */
export function leave(): void {
  forget();
  session.value = { state: "out" };
}

/** Follows a login or logout in another tab of a device that keeps its admin signed in. */
export function followOtherTabs(): void {
  window.addEventListener("storage", (change) => {
    if (change.key !== KEY || sessionToken()) return;
    if (change.newValue) session.value = { state: "in", token: change.newValue };
    else if (change.newValue === EXPIRED) end(change.oldValue ?? "");
    else leave();
  });
}

export function codeWasAsked(): boolean {
  return item(() => localStorage, CODE) !== null;
}

export function rememberCode(asked: boolean): void {
  try {
    if (asked) localStorage.setItem(CODE, "asked");
    else localStorage.removeItem(CODE);
  } catch {
    // The field then shows after the first try.
  }
}

function read(): Session {
  const token = sessionToken() ?? item(() => localStorage);
  return token ? { state: "in", token } : { state: "out" };
}

function sessionToken(): string | null {
  return item(() => sessionStorage);
}

function item(storage: () => Storage, key = KEY): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** Keeps that there was a token, so that what other tabs show waits for the next login, too. */
function expire(token: string): void {
  try {
    sessionStorage.removeItem(KEY);
    if (localStorage.getItem(KEY) === token) localStorage.setItem(KEY, EXPIRED);
  } catch {
    // Nothing was kept then.
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept then.
  }
}
