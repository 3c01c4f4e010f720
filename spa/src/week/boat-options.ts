import type { Boat } from "../data/contract";
import type { Option } from "../ui/form/select";

/** The boats to choose from: those in use, and the one that is chosen already. `none` is offered for no boat at all. */
export function boatOptions(boats: readonly Boat[], chosen: string | null, none: string | null): Option<string>[] {
  const offered = boats.filter(({ active, boat_id }) => active || boat_id === chosen);
  const options = offered.map(({ boat_id, name }): Option<string> => [boat_id, name]);
  return none === null ? options : [["", none], ...options];
}
