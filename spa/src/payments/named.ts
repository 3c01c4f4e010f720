import type { Boat, Person } from "../data/contract";
import { fold } from "../lib/names";

/** A record of the register, or a name that was typed. */
export interface Named {
  id: string | null;
  name: string;
}

/** By the ids of records what tells those of one name apart; empty for one that has no such thing. */
export type Apart = ReadonlyMap<string, string>;

export const apartPeople = (people: readonly Person[]): Apart =>
  new Map(people.map(({ person_id, email, phone }) => [person_id, email || phone]));
export const apartBoats = (boats: readonly Boat[]): Apart =>
  new Map(boats.map(({ boat_id, home_port }) => [boat_id, home_port]));

/** Whether two records among these have one name. */
export function haveNamesakes(all: readonly Named[]): boolean {
  return all.some((one) => one.id !== null && namesakes(one, all).length > 0);
}

/**
 * What one of these is called: a typed name is told from a record of the same name, and two records of one name by what
 * tells them apart, else by a number. `apart` is null until it is known.
 */
export function nameAmong({ id, name }: Named, all: readonly Named[], apart: Apart | null): string {
  const others = namesakes({ id, name }, all);
  if (others.length === 0) return name;
  if (id === null) return `${name} (typed)`;
  if (apart === null) return name;
  const more = apart.get(id) ?? "";
  const alike = others.filter((other) => (apart.get(other) ?? "") === more);
  const numbered = alike.length > 0 ? `no. ${[id, ...alike].sort().indexOf(id) + 1}` : "";
  return [name, more, numbered].filter(Boolean).join(", ");
}

/** The ids of other records of its name. */
function namesakes({ id, name }: Named, all: readonly Named[]): string[] {
  const ids = all.flatMap((other) => (other.id !== null && fold(other.name) === fold(name) ? other.id : []));
  return [...new Set(ids)].filter((other) => other !== id);
}
