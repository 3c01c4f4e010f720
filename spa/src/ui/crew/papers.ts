import type { PersonPaper } from "../../data/contract";
import { captainsPapers } from "../../data/later-limits";
import type { Role } from "./roles";

/** The papers that somebody who sails in these roles has to have. */
export function expectedPapers(roles: readonly Role[]): readonly PersonPaper["kind"][] {
  return roles.includes("captain") ? captainsPapers : [];
}
