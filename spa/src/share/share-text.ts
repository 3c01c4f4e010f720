import type { Charter } from "../data/contract";
import { formatLongDay, formatSpan } from "../lib/time";

export function shareText({ title, starts_at, ends_at, timezone, guest_url }: Charter): string {
  const when = `${formatLongDay(starts_at, timezone)}, ${formatSpan(starts_at, ends_at, timezone)}`;
  return `${title}, ${when}. Where to be, what to bring, and the waiver to sign: ${guest_url}`;
}

/** Where guests are led; a link that was renewed holds another id than the charter's. */
export function guestPath({ guest_url }: Pick<Charter, "guest_url">): string {
  return new URL(guest_url).pathname;
}

/** The waiver on a tablet at the dock: one guest after the other. */
export function kioskPath(charter: Pick<Charter, "guest_url">): string {
  return `${guestPath(charter)}/waiver?kiosk=1`;
}
