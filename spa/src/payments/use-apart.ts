import type { Grouping } from "../data/contract";
import { listBoats, listPeople } from "../data/later-api";
import { useAnswer } from "../lib/answer";
import { type Apart, apartBoats, apartPeople, haveNamesakes, type Named } from "./named";

const readers: Readonly<Record<Grouping, () => Promise<Apart>>> = {
  boat: async () => apartBoats(await listBoats()),
  captain: async () => apartPeople(await listPeople()),
};
const NOTHING: Apart = new Map();

/** What tells boats or people of one name apart, which is asked only where there are such; null while it is not known. */
export function useApart(by: Grouping, all: readonly Named[]): Apart | null {
  const needed = haveNamesakes(all);
  const { answer, error } = useAnswer(needed ? readers[by] : null, [needed, by]);
  return error === null ? answer : NOTHING;
}
