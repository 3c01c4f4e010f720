import type { Asked, Charter, Position } from "../../data/contract";
import { roleNames } from "./roles";

/** How a place aboard stands; `typed` was written by hand, and nobody was asked. */
type SeatState =
  | Exclude<Position["state"], "withdrawn">
  | Exclude<Asked["answer"], "accepted" | "withdrawn" | null>
  | "typed";

/** A place aboard as lists show it: who, and what they said. */
export interface Seat {
  name: string;
  state: SeatState;
}

interface SeatText {
  /** Stands behind the name; empty where the mark says enough. */
  word: string;
  tone: "good" | "part" | "due" | "calm";
}

export const seatTexts: Readonly<Record<SeatState, SeatText>> = {
  accepted: { word: "accepted", tone: "good" },
  assigned: { word: "assigned", tone: "good" },
  typed: { word: "", tone: "calm" },
  asked: { word: "asked", tone: "part" },
  unconfirmed: { word: "not confirmed", tone: "part" },
  open: { word: "open", tone: "part" },
  declined: { word: "declined", tone: "due" },
  late: { word: "did not answer", tone: "due" },
  bounced: { word: "not reached", tone: "due" },
};

/** Who stands at the wheel, or who was asked last to; null when nobody was. */
export function captainSeat({ captain, positions }: Charter): Seat | null {
  const held = positions.filter(({ role, state }) => role === "captain" && state !== "withdrawn");
  if (captain) return { name: captain.name, state: stateOf(captain.person_id, held) };
  const [seat] = held.map(seatOf).sort((one, other) => Number(other.state === "asked") - Number(one.state === "asked"));
  return seat && seat.state !== "open" ? seat : null;
}

/** The crew beside the captain: who was typed first, then place by place. */
export function crewSeats({ crew, positions }: Charter): Seat[] {
  const places = positions.filter(({ role, state }) => role !== "captain" && state !== "withdrawn");
  const typed = crew.filter(({ name, person_id }) => name && stateOf(person_id, places) === "typed");
  return [...typed.map(({ name }) => ({ name, state: "typed" as const })), ...places.map(seatOf)];
}

function stateOf(person_id: string | null, positions: readonly Position[]): SeatState {
  const held = positions.find(({ person }) => person !== null && person.person_id === person_id);
  return held && held.state !== "withdrawn" ? held.state : "typed";
}

function seatOf({ role, state, person, asked }: Position): Seat {
  const open = { name: roleNames[role], state: "open" as const };
  if (state === "withdrawn") return open;
  if (person) return { name: person.name, state };
  const last = asked.at(-1);
  if (!last) return open;
  if (state === "asked") return { name: last.name, state };
  // Somebody whose ask was withdrawn says nothing about the place.
  return last.answer === null || last.answer === "accepted" || last.answer === "withdrawn"
    ? open
    : { name: last.name, state: last.answer };
}
