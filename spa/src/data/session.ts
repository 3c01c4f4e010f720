import { deviceStorage, tabStorage } from "../lib/browser/storage";
import { Observable } from "../lib/observable";

const KEY = "scc.token";
/** That this server has asked for a code: the next login then shows the field at once. */
const CODE = "scc.code";
/** What the login of an admin answered for this device: it gives later ones tries of their own. Kept over logouts. */
const DEVICE = "scc.device.";
/** Kept instead of a token that the server no longer takes. */
const EXPIRED = "";

/**
 * `in`: a token is at hand; `out`: nobody has logged in; `ended`: the server no longer takes the
 * token, and what is on the screen waits for the next login.
 */
type Session = { state: "in"; token: string } | { state: "out" } | { state: "ended" };

export const session = new Observable<Session>(read());

/** Remembers the token for this tab, or for this device when the admin asked for it. */
export function begin(token: string, keep: boolean): void {
  const [storage, other] = keep ? [deviceStorage, tabStorage] : [tabStorage, deviceStorage];
  // First in, then out: other tabs must not see a moment without a token.
  if (storage.set(KEY, token)) other.remove(KEY);
  session.value = { state: "in", token };
}

/** The server refused this token. A token that has been replaced meanwhile is not touched. */
export function end(token: string): void {
  if (session.value.state !== "in" || session.value.token !== token) return;
  tabStorage.remove(KEY);
  // That there was a token is kept, so that what other tabs show waits for the next login, too.
  if (deviceStorage.get(KEY) === token) deviceStorage.set(KEY, EXPIRED);
  session.value = { state: "ended" };
}

/** The admin leaves: nothing of the session stays on the device. */
export function leave(): void {
  tabStorage.remove(KEY);
  deviceStorage.remove(KEY);
  session.value = { state: "out" };
}

/** Follows a login or logout in another tab of a device that keeps its admin signed in. */
export function followOtherTabs(): void {
  window.addEventListener("storage", (change) => {
    if (change.key !== KEY || tabStorage.get(KEY)) return;
    if (change.newValue) session.value = { state: "in", token: change.newValue };
    else if (change.newValue === EXPIRED) end(change.oldValue ?? "");
    else leave();
  });
}

export function codeWasAsked(): boolean {
  return deviceStorage.get(CODE) !== null;
}

export function rememberCode(asked: boolean): void {
  if (asked) deviceStorage.set(CODE, "asked");
  else deviceStorage.remove(CODE);
}

export function readDevice(name: string): string {
  return deviceStorage.get(DEVICE + name) ?? "";
}

export function rememberDevice(name: string, device: string): void {
  deviceStorage.set(DEVICE + name, device);
}

function read(): Session {
  const token = tabStorage.get(KEY) ?? deviceStorage.get(KEY);
  return token ? { state: "in", token } : { state: "out" };
}
