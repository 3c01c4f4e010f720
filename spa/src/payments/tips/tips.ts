import type { CharterTips, OwedTips, Tips } from "../../data/contract";
import { formatMoney } from "../../lib/money";
import type { Named } from "../named";

/** The tips of a range in one currency, in cents. */
export interface TipSums {
  currency: string;
  received_cents: number;
  /** What captain and crew are owed of it. */
  owed_cents: number;
  /** What nobody has been given yet. */
  left_cents: number;
  /** What was shared out by hand and is not there any more. */
  over_cents: number;
}

/** By currency, in the order of the charters; none without tips. */
export function tipSums({ charters }: Tips): TipSums[] {
  const sums = new Map<string, TipSums>();
  for (const { currency, tips_cents, left_cents } of charters) {
    const before = sums.get(currency) ?? { currency, received_cents: 0, owed_cents: 0, left_cents: 0, over_cents: 0 };
    sums.set(currency, {
      currency,
      received_cents: before.received_cents + tips_cents,
      owed_cents: before.owed_cents + tips_cents - left_cents,
      left_cents: before.left_cents + Math.max(left_cents, 0),
      over_cents: before.over_cents + Math.max(-left_cents, 0),
    });
  }
  return [...sums.values()];
}

/** What does not add up between the tips of a charter and its shares; empty where all is shared out. */
export function leftText({ tips_cents, shares, left_cents, currency }: CharterTips): string {
  const money = formatMoney(Math.abs(left_cents), currency);
  if (tips_cents < 0 && shares.length === 0) return `${money} more was given back than came`;
  if (left_cents < 0) return `${money} too much is shared out`;
  if (left_cents === 0) return "";
  return shares.length === 0 ? "Nobody aboard takes a share" : `${money} is not shared out`;
}

/** Whether its tips can be shared out by hand, or what was shared so can be taken back. */
export function canShare({ tips_cents, division }: CharterTips): boolean {
  return tips_cents > 0 || division === "by_hand";
}

/** Everybody who has a share of these tips, under each name that they were called by. */
export function sharersOf({ charters, people }: Tips): Named[] {
  return [...people, ...charters.flatMap(({ shares }) => shares)].map(asNamed);
}

export function asNamed({ person_id, name }: { person_id: string | null; name: string }): Named {
  return { id: person_id, name };
}

/** Who is owed what; `key` tells them apart, and so does the name. */
export function owedRows(people: readonly OwedTips[], nameOf: (one: Named) => string): (OwedTips & { key: string })[] {
  return people.map((one) => ({
    ...one,
    key: `${one.currency} ${one.person_id ?? one.name}`,
    name: nameOf(asNamed(one)),
  }));
}
