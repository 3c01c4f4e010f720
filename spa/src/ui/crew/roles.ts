import type { Position } from "../../data/contract";

export type Role = Position["role"];

export const roleNames: Readonly<Record<Role, string>> = {
  captain: "Captain",
  mate: "Mate",
  deckhand: "Deckhand",
  host: "Host",
};

export const roles = Object.keys(roleNames) as Role[];
