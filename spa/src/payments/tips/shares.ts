import type { CharterTips, Person } from "../../data/contract";
import type { AskedShare } from "../../data/later-api";
import { tipsLimits } from "../../data/later-limits";
import { formatMoney, parseMoney, plainAmount } from "../../lib/money";
import { isBlank } from "../../lib/names";
import type { Errors } from "../../ui/form/field";
import { apartPeople, nameAmong } from "../named";
import { asNamed } from "./tips";

/** What one person gets, as it is typed. */
export interface Share {
  /** Tells the rows of a form apart. */
  key: number;
  person_id: string | null;
  name: string;
  /** Whether the name is typed here: somebody who is on no list. */
  isTyped: boolean;
  amount: string;
}

export const MOST_SHARES = tipsLimits.shares.most;

export function startShares({ shares, currency }: CharterTips): Share[] {
  return shares.map(({ person_id, name, amount_cents }, key) => ({
    key,
    person_id,
    name,
    isTyped: false,
    amount: plainAmount(amount_cents, currency),
  }));
}

/** With one person more; null is somebody whose name is typed. */
export function addShare(shares: readonly Share[], person: Person | null): Share[] {
  const key = Math.max(...shares.map(({ key }) => key), -1) + 1;
  const who = person
    ? { person_id: person.person_id, name: person.name, isTyped: false }
    : { person_id: null, name: "", isTyped: true };
  return [...shares, { key, ...who, amount: "" }];
}

/** Who may be given a share besides: no owner takes one, and nobody takes two. */
export function candidates(people: readonly Person[], shares: readonly Share[]): Person[] {
  return people.filter(
    ({ person_id, active, is_owner }) => active && !is_owner && !shares.some((share) => share.person_id === person_id),
  );
}

/** What somebody who has a share, or may be given one, is called here. */
export function sharerName(one: SharerName, people: readonly Person[], shares: readonly Share[]): string {
  return nameAmong(asNamed(one), [...people, ...shares].map(asNamed), apartPeople(people));
}

type SharerName = Parameters<typeof asNamed>[0];

type ReadShares = { asked: AskedShare[]; errors?: never } | { asked?: never; errors: Errors };

/** Turns the shares into what is sent, or says row by row what is wrong. They have to add up to the tips, to the cent. */
export function readShares(shares: readonly Share[], { tips_cents, currency }: CharterTips): ReadShares {
  const errors: Record<string, string> = {};
  const asked = shares.map(({ person_id, name, amount }, place) => {
    const { cents, error } = parseMoney(amount, currency, tipsLimits.shares.amount_cents);
    if (isBlank(name)) errors[`shares.${place}.name`] = "Enter a name.";
    if (error) errors[`shares.${place}.amount_cents`] = error;
    return { ...(person_id ? { person_id } : {}), name: name.trim(), amount_cents: cents ?? 0 };
  });
  if (Object.keys(errors).length > 0) return { errors };
  if (asked.length === 0) return { errors: { shares: "Add somebody who gets a share." } };
  const shared_cents = asked.reduce((sum, { amount_cents }) => sum + amount_cents, 0);
  if (shared_cents !== tips_cents) {
    const money = (cents: number) => formatMoney(cents, currency);
    const off = `${money(Math.abs(tips_cents - shared_cents))} ${shared_cents < tips_cents ? "less" : "more"}`;
    return {
      errors: { shares: `The shares add up to ${money(shared_cents)}, ${off} than the tips of ${money(tips_cents)}.` },
    };
  }
  return { asked };
}

/** Of the amounts that can be read. */
export function sharedCents(shares: readonly Share[], currency: string): number {
  return shares.reduce(
    (sum, { amount }) => sum + (parseMoney(amount, currency, tipsLimits.shares.amount_cents).cents ?? 0),
    0,
  );
}
