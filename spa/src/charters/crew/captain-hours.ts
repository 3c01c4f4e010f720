import { spans as hours } from "../../data/later-limits";

/** From one moment to another, in milliseconds. */
export type Span = readonly [from_ms: number, to_ms: number];

export const HOUR_MS = 3_600_000;
const DAY_MS = hours.captainPeriod * HOUR_MS;

/** The most that is worked in any 24 hours that this charter takes part in; what overlaps counts once. */
export function longestWork(charter: Span, others: readonly Span[]): number {
  const spans = merged([charter, ...others]);
  const [first, last] = [charter[0] - DAY_MS, charter[1]];
  // The sum changes its course only where a span begins or ends at either end of the day.
  const turns = spans.flat().flatMap((moment_ms) => [moment_ms, moment_ms - DAY_MS]);
  const starts = [first, last, ...turns.filter((start_ms) => start_ms > first && start_ms < last)];
  return Math.max(...starts.map((start_ms) => worked(spans, start_ms)));
}

function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of [...spans].sort(([one], [other]) => one - other)) {
    const before = found.at(-1);
    if (before && span[0] <= before[1]) found[found.length - 1] = [before[0], Math.max(before[1], span[1])];
    else found.push(span);
  }
  return found;
}

function worked(spans: readonly Span[], start_ms: number): number {
  const within = ([from_ms, to_ms]: Span) => Math.min(to_ms, start_ms + DAY_MS) - Math.max(from_ms, start_ms);
  return spans.reduce((sum, span) => sum + Math.max(0, within(span)), 0);
}
