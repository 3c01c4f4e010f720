import { type LocalDateTime, offset_ms } from "./time";

type Zoned =
  | { kind: "one"; instant: Date }
  /** Clocks go back: the same local time comes twice. */
  | { kind: "twice"; earlier: Date; later: Date }
  /** Clocks go forward: the local time is skipped; `after` is the first moment behind the gap. */
  | { kind: "never"; after: Date };

/** Which moment or moments a local date and time names in a time zone. */
export function toInstant(local: LocalDateTime, timezone: string): Zoned {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(local);
  if (!match) throw new RangeError(`not a local date and time: ${local}`);
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [number, number, number, number, number];
  const asUtc_ms = Date.UTC(year, month - 1, day, hour, minute);
  const day_ms = 86_400_000;
  const before_ms = offset_ms(asUtc_ms - day_ms, timezone);
  const after_ms = offset_ms(asUtc_ms + day_ms, timezone);
  const found = [...new Set([before_ms, after_ms])]
    .map((candidate_ms) => asUtc_ms - candidate_ms)
    .filter((instant_ms) => instant_ms + offset_ms(instant_ms, timezone) === asUtc_ms)
    .sort((a, b) => a - b);
  const [first, second] = found;
  if (first === undefined) {
    return { kind: "never", after: transition(asUtc_ms - day_ms, asUtc_ms + day_ms, timezone) };
  }
  if (second === undefined) return { kind: "one", instant: new Date(first) };
  return { kind: "twice", earlier: new Date(first), later: new Date(second) };
}

/** The same, or null when it is not a time yet: one that is still being typed. */
export function zonedTime(local: LocalDateTime, timezone: string): Zoned | null {
  try {
    return toInstant(local, timezone);
  } catch {
    return null;
  }
}

function transition(low_ms: number, high_ms: number, timezone: string): Date {
  const offset_before_ms = offset_ms(low_ms, timezone);
  let low = low_ms;
  let high = high_ms;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offset_ms(middle, timezone) === offset_before_ms) low = middle;
    else high = middle;
  }
  return new Date(high);
}
