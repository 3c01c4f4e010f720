import { listCharters } from "../../data/api";
import { readSchedule } from "../../data/later-api";
import { boatLimits } from "../../data/later-limits";
import { toRfc3339 } from "../../lib/time";
import type { Booked } from "./free-then";

const AROUND_MS = boatLimits.turnaround_minutes.most * 60_000;

/** What is booked around a time, as far as it can be in the way. */
export async function readBooked(starts_at: string, ends_at: string): Promise<Booked> {
  const around = (instant: string, by_ms: number) => toRfc3339(new Date(Date.parse(instant) + by_ms));
  const from = around(starts_at, -AROUND_MS);
  const to = around(ends_at, AROUND_MS);
  const { entries } = await readSchedule({ from, to });
  // A long charter may have begun before.
  const [first = from] = [from, ...entries.map(({ starts_at }) => starts_at)].sort();
  const page = await listCharters({ from: first, to: ends_at, limit: 100 });
  return { entries, charters: page.events };
}
