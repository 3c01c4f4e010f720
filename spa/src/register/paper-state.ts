import { type Day, shortDayName } from "../lib/periods";

/** What boats' and people's papers have in common. */
export interface Paper {
  kind: string;
  number_last4: string;
  valid_until: Day | null;
  note: string;
}

/** How a paper stands; what needs no look is `good`. */
export interface PaperState {
  text: string;
  tone: "due" | "part" | "good" | "calm";
  /** The most pressing first. */
  order: number;
}

const DAY_MS = 86_400_000;
const UNKNOWN: PaperState = { text: "Date unknown", tone: "part", order: 1 };
/** The operator is mailed at these. */
const [SOON, NEAR, FAR] = [7, 30, 90] as const;

/** `today`: by the operator's calendar. A paper is valid on its last day. */
export function paperState(valid_until: Day | null, today: Day): PaperState {
  if (valid_until === null) return UNKNOWN;
  const days = Math.round((Date.parse(valid_until) - Date.parse(today)) / DAY_MS);
  const day = shortDayName(valid_until, today);
  if (days < 0) return { text: `Expired ${day}`, tone: "due", order: 0 };
  const left = days === 0 ? "Ends today" : days === 1 ? `1 day left, ${day}` : `${days} days left, ${day}`;
  if (days <= SOON) return { text: left, tone: "due", order: 2 };
  if (days <= NEAR) return { text: left, tone: "part", order: 3 };
  return days <= FAR ? { text: left, tone: "calm", order: 4 } : { text: day, tone: "good", order: 5 };
}

/** How papers of one kind stand together: as the most pressing of them does. */
export function stateOfKind(papers: readonly Paper[], kind: string, today: Day): PaperState | null {
  const states = papers.filter((paper) => paper.kind === kind).map(({ valid_until }) => paperState(valid_until, today));
  return states.sort((one, other) => one.order - other.order)[0] ?? null;
}
