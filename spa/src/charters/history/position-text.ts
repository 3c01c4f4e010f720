import type { Position } from "../../data/contract";
import { roleNames } from "../../ui/crew/roles";
import { seatTexts } from "../../ui/crew/seats";

/** The positions that an act has changed, as they were or are, a line each: `Captain: Dana Ortiz asked`. */
export function positionsText(value: unknown, other: unknown): string {
  const others = new Map(positionsOf(other).map((position) => [position.position_id, JSON.stringify(position)]));
  return positionsOf(value)
    .filter((position) => others.get(position.position_id) !== JSON.stringify(position))
    .map(positionText)
    .join("\n");
}

/** Before a charter had any there is no list. */
function positionsOf(value: unknown): readonly Position[] {
  return Array.isArray(value) ? value : [];
}

function positionText({ role, state, person, asked }: Position): string {
  const last = asked.at(-1);
  const who = person ?? (state === "asked" ? last : null);
  const said = state === "open" && last?.answer ? `, ${last.name} ${answerWords[last.answer]}` : "";
  const word = state === "withdrawn" ? "withdrawn" : seatTexts[state].word;
  return `${roleNames[role]}: ${who ? `${who.name} ${word}` : `${word}${said}`}`;
}

const answerWords = {
  accepted: "accepted",
  declined: "declined",
  late: "did not answer",
  bounced: "was not reached",
  withdrawn: "was told that it is off",
};
