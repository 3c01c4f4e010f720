import type { Grouping, GroupTotals } from "../../data/contract";
import { fold } from "../../lib/names";
import type { Period } from "../../lib/periods";
import { type Apart, nameAmong } from "../named";

/** Of which charters: those with this boat and this captain, each a `groupKey`; empty is any. */
export type OfCharters = Readonly<Record<Grouping, string>>;

export const anyCharters: OfCharters = { boat: "", captain: "" };

/** What asks for the payments of a boat or captain: the id of its record, or the name that was typed, however typed. */
export function groupKey({ id, name }: GroupTotals): string {
  return id ?? fold(name);
}

/** What a boat or captain is called. */
export function groupName(group: GroupTotals, by: Grouping, all: readonly GroupTotals[], apart: Apart | null): string {
  if (group.name === "") return by === "boat" ? "No boat named" : "No captain named";
  return nameAmong(group, all, apart);
}

export function chartersText(count: number): string {
  return count === 1 ? "1 charter" : `${count} charters`;
}

/** Where the ledger shows these payments. */
export function ledgerPath({ from, to }: Period, of: OfCharters): string {
  const asked = Object.entries({ from, to, ...of }).filter(([, value]) => value !== "");
  return `/payments?${new URLSearchParams(asked)}`;
}

/** The charters that such an address asks for. */
export function askedCharters(search: string): OfCharters {
  const given = new URLSearchParams(search);
  return { boat: given.get("boat") ?? "", captain: given.get("captain") ?? "" };
}
