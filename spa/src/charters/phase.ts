import type { Charter } from "../data/contract";
import { localDay } from "../lib/time";

export const statusNames: Record<Charter["status"], string> = {
  scheduled: "Scheduled",
  departed: "Departed",
  completed: "Completed",
  cancelled: "Cancelled",
};

/** What is open this long before the departure is never shown in grey. */
const URGENT_MS = 2 * 3_600_000;

/** How far a charter is: what it says of itself, else where the clock stands between its times. */
export type Phase = "coming" | "today" | "urgent" | "under way" | "ended" | Exclude<Charter["status"], "scheduled">;

export function phaseOf({ status, starts_at, ends_at, timezone }: Charter, now_ms: number): Phase {
  if (status !== "scheduled") return status;
  const starts_ms = Date.parse(starts_at);
  if (Date.parse(ends_at) <= now_ms) return "ended";
  if (starts_ms <= now_ms) return "under way";
  if (starts_ms - now_ms <= URGENT_MS) return "urgent";
  const today = localDay(new Date(now_ms), timezone);
  return localDay(new Date(starts_ms), timezone) === today ? "today" : "coming";
}

/** What a row says of it beside its time; a charter that has only to wait says nothing. */
export function phaseText(phase: Phase): string {
  if (phase === "under way") return "Under way";
  if (phase === "ended") return "Ended";
  return phase === "coming" || phase === "today" || phase === "urgent" ? "" : statusNames[phase];
}

/** Whether something open is late by now: it is about to sail, or has sailed. */
export function isLate(phase: Phase): boolean {
  return phase !== "coming" && phase !== "today" && phase !== "cancelled";
}
