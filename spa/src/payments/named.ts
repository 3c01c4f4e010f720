import { fold } from "../lib/names";

/** A record of the register, or a name that was typed. */
interface Named {
  id: string | null;
  name: string;
}

/** What one of these is called: a typed name is told from a record of the same name. */
export function nameAmong({ id, name }: Named, all: readonly Named[]): string {
  const isTwin = id === null && all.some((other) => other.id !== null && fold(other.name) === fold(name));
  return isTwin ? `${name} (typed)` : name;
}
