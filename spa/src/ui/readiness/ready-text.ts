import type { Charter, Check, Readiness } from "../../data/contract";

export interface ReadyText {
  word: string;
  /** What it lacks, by the names of the checks. */
  why: string;
  tone: "good" | "part" | "due";
}

type Code = Check["code"];

/** In the order in which they are told: what nobody can do anything about at the dock comes first. */
export const checkNames: Readonly<Record<Code, string>> = {
  conflicts: "Schedule",
  captain: "Captain",
  crew: "Crew",
  people_papers: "Papers",
  boat_papers: "Boat",
  heads: "Guests",
  money: "Payment",
  waivers: "Waivers",
  briefing: "Safety briefing",
};

const codes = Object.keys(checkNames) as Code[];
const states: readonly Check["state"][] = ["blocks", "open", "unknown", "waived", "ok"];

/** What blocks first, then what is open, unknown, waived, and what is in order. */
export function sortedChecks({ checks }: Readiness): Check[] {
  return [...checks].sort(
    (one, other) =>
      states.indexOf(one.state) - states.indexOf(other.state) || codes.indexOf(one.code) - codes.indexOf(other.code),
  );
}

export const isDone = ({ state }: Check) => state === "ok" || state === "waived";

/** How far a charter is from sailing, in a few words; null for what has sailed, is off or over, or was not checked. */
export function readyText(charter: Charter, now_ms: number): ReadyText | null {
  const { state } = charter.readiness;
  if (Date.parse(charter.ends_at) <= now_ms) return null;
  const left = sortedChecks(charter.readiness).filter((check) => !isDone(check));
  if (state === "departed" || state === "cancelled" || charter.readiness.checks.length === 0) return null;
  if (state === "ready") return { word: "Ready", why: "", tone: "good" };
  if (state === "blocked") return blockedText(left, charter);
  const why = left.map((check) => lackText(check, charter)).join(", ");
  if (state === "unknown") return { word: "Unknown", why, tone: "part" };
  return { word: `${left.length} open`, why, tone: "part" };
}

/** Double-booked and without a captain have a word of their own, which the rest then need not repeat. */
function blockedText(left: readonly Check[], charter: Charter): ReadyText {
  const blocks = left.filter(({ state }) => state === "blocks");
  const [first] = blocks;
  const own = first && { conflicts: "Double-booked", captain: "No captain" }[first.code as string];
  const rest = own ? blocks.slice(1) : blocks;
  const why = rest.map((check) => lackText(check, charter)).join(", ");
  return { word: own ?? "Blocked", why: why.charAt(0).toUpperCase() + why.slice(1), tone: "due" };
}

/** What a check lacks: amounts and names stand on the charter's page. */
function lackText({ code, state }: Check, { waivers }: Charter): string {
  const missing = waivers.expected - waivers.signed;
  return {
    conflicts: "double-booked",
    captain: "captain",
    crew: "crew",
    people_papers: "papers",
    boat_papers: "boat’s papers",
    heads: state === "blocks" ? "over the passenger limit" : "guests",
    money: state === "blocks" ? "not paid" : "payment",
    waivers: missing === 1 ? "1 waiver" : `${missing} waivers`,
    briefing: "briefing",
  }[code];
}
