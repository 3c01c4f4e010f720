import type { Charter, Conflict } from "../../data/contract";
import { formatDay, formatSpan } from "../../lib/time";

const nouns: Record<Conflict["kind"], string> = { boat: "", captain: "Captain ", crew: "Crew, " };

/** `Kestrel: “Sunset sail”, Sat, Jul 4, 2:00 – 6:00 PM`; by the clocks of the charter that is written. */
export function conflictText({ kind, name, title, starts_at, ends_at }: Conflict, timezone: string): string {
  const when = `${formatDay(starts_at, timezone)}, ${formatSpan(starts_at, ends_at, timezone)}`;
  return `${nouns[kind]}${name}: “${title || "a hold"}”, ${when}`;
}

/** Why it was booked all the same; empty when nobody said so. */
export function overrideText({ schedule_override: override }: Charter): string {
  return override ? `Booked anyway by ${override.by}: ${override.reason}` : "";
}
