import type { Charter, Check, Conflict, Position } from "../../data/contract";
import { spans } from "../../data/later-limits";
import { href } from "../../lib/browser/router";
import { localDay } from "../../lib/time";
import type { Role } from "../../ui/crew/roles";
import { canReach } from "../missing-guests";

/** The one thing to do about a check that is not done. */
type Step =
  | { kind: "pay" | "remind" | "briefing" | "edit"; label: string }
  | { kind: "position"; label: string; role: Role; position: Position | null }
  | { kind: "link"; label: string; to: string };

/** `bareboat`: the charterer finds captain and crew, and their names are typed. */
export function nextStep({ code }: Pick<Check, "code">, charter: Charter, bareboat = false): Step {
  if (bareboat && (code === "captain" || code === "crew")) return { kind: "edit", label: "Edit…" };
  switch (code) {
    case "money":
      return { kind: "pay", label: "Log payment" };
    case "waivers":
      return waiverStep(charter);
    case "briefing":
      return { kind: "briefing", label: "Mark given" };
    case "heads":
      return { kind: "edit", label: "Edit…" };
    case "conflicts":
      return { kind: "link", label: "Show conflict", to: conflictPath(charter) };
    case "people_papers":
      return { kind: "link", label: "Open people", to: href("/people") };
    case "boat_papers":
      return { kind: "link", label: "Open boats", to: href("/boats") };
    case "captain":
      return positionStep(
        charter.positions.filter(({ role }) => role === "captain"),
        "captain",
      );
    case "crew":
      return positionStep(
        charter.positions.filter(({ role }) => role !== "captain"),
        "mate",
      );
  }
}

/** Only who is listed with an address can be reminded. */
function waiverStep(charter: Charter): Step {
  if (canReach(charter, charter.waivers.missing_guest_ids ?? [])) return { kind: "remind", label: "Remind" };
  return { kind: "edit", label: charter.guests.length > 0 ? "Add an email…" : "Add guests…" };
}

/** A position that is open comes before one that waits for an answer; without any, one is added. */
function positionStep(positions: readonly Position[], role: Role): Step {
  const open = positions.find(({ state }) => state === "open");
  const waiting = positions.find(({ state }) => state === "asked" || state === "unconfirmed");
  const position = open ?? waiting ?? null;
  return { kind: "position", label: position && !open ? "Change…" : "Ask…", role: position?.role ?? role, position };
}

/** The other charter, where it is one; a hold is shown in its week, and several stand above on the page. */
function conflictPath({ conflicts, timezone }: Charter): string {
  const [first, second] = conflicts;
  if (!first || second) return "#conflicts";
  return first.event_id ? href(`/events/${first.event_id}`) : weekPath(first, timezone);
}

function weekPath({ starts_at }: Conflict, timezone: string): string {
  return `${href("/week")}?from=${localDay(new Date(starts_at), timezone)}`;
}

const HOUR_MS = 3_600_000;

/** Whether a charter can depart in spite of what blocks it, for a reason. */
export function canSailAnyway({ status, starts_at }: Charter, now_ms: number): boolean {
  return status === "scheduled" && Date.parse(starts_at) - now_ms <= spans.departBefore * HOUR_MS;
}
