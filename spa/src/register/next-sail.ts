import type { Charter } from "../data/contract";
import { formatDay } from "../lib/time";

/** When somebody sails next, or is asked to: `sails Sat, Dec 5`; empty when no coming charter names them. */
export function nextSailText(person_id: string, charters: readonly Charter[], now_ms: number): string {
  const coming = charters
    .filter(({ status, ends_at }) => status === "scheduled" && Date.parse(ends_at) > now_ms)
    .sort((one, other) => one.starts_at.localeCompare(other.starts_at));
  const sails = coming.find(({ captain, crew }) => [captain, ...crew].some((one) => one?.person_id === person_id));
  const asked = coming.find(({ positions }) =>
    positions.some((one) => one.state === "asked" && one.asked.at(-1)?.person_id === person_id),
  );
  return [sails && `sails ${dayOf(sails)}`, asked && `asked for ${dayOf(asked)}`].filter(Boolean).join(", ");
}

const dayOf = ({ starts_at, timezone }: Charter) => formatDay(starts_at, timezone);
