import type { PersonPaper } from "../../data/contract";
import type { Role } from "./roles";

/** The papers that somebody who sails in these roles has to have. */
export function expectedPapers(roles: readonly Role[]): PersonPaper["kind"][] {
  return roles.includes("captain") ? ["mmc", "medical"] : [];
}
