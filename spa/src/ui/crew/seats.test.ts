import { expect, test } from "vitest";
import type { Asked, Charter } from "../../data/contract";
import { sampleAsked, sampleCharter, samplePosition } from "../../testing/samples";
import { captainSeat, crewSeats } from "./seats";

const dana = { person_id: "person-1", name: "Dana Ortiz" };
const sailor = { ...dana, email: "", phone: "" };
const captain = (change: Partial<Charter>) => captainSeat(sampleCharter({ captain: null, ...change }));

test("a captain stands with what they answered", () => {
  for (const state of ["accepted", "unconfirmed", "assigned"] as const) {
    const positions = [samplePosition({ state, person: dana })];
    expect(captain({ captain: sailor, positions })).toEqual({ name: "Dana Ortiz", state });
  }
});

test("a captain who was typed was never asked", () => {
  const typed = { ...sailor, person_id: null };
  const withdrawn = samplePosition({ state: "withdrawn", person: dana });
  expect(captain({ captain: typed, positions: [samplePosition()] })?.state).toBe("typed");
  expect(captain({ captain: sailor, positions: [withdrawn] })?.state).toBe("typed");
});

test("without a captain whoever is asked stands there", () => {
  const asked = [sampleAsked({ name: "Maya", answer: "declined" }), sampleAsked()];
  const positions = [samplePosition({ position_id: "other" }), samplePosition({ state: "asked", asked })];
  expect(captain({ positions })).toEqual({ name: "Dana Ortiz", state: "asked" });
});

test("when nobody is left, the last one's answer stands there", () => {
  for (const answer of ["declined", "late", "bounced"] as const) {
    const positions = [samplePosition({ asked: [sampleAsked({ answer })] })];
    expect(captain({ positions })).toEqual({ name: "Dana Ortiz", state: answer });
  }
});

test("nobody stands there when nobody was asked, or only people who were told that it is off", () => {
  const taken: Asked[] = [sampleAsked({ answer: "withdrawn" })];
  for (const positions of [[], [samplePosition()], [samplePosition({ asked: taken })]]) {
    expect(captain({ positions })).toBeNull();
  }
});

test("the crew are those who were typed, then place by place, without the captain and what was withdrawn", () => {
  const theo = { person_id: "p2", name: "Theo" };
  const crew = [
    { person_id: null, name: "Jo", email: "", phone: "" },
    { ...theo, email: "", phone: "" },
  ];
  const positions = [
    samplePosition({ state: "accepted", person: dana }),
    samplePosition({ role: "mate", state: "asked", asked: [sampleAsked({ name: "Tess" })] }),
    samplePosition({ role: "deckhand", state: "accepted", person: theo }),
    samplePosition({ role: "host" }),
    samplePosition({ role: "host", state: "withdrawn" }),
  ];
  expect(crewSeats(sampleCharter({ crew, positions }))).toEqual([
    { name: "Jo", state: "typed" },
    { name: "Tess", state: "asked" },
    { name: "Theo", state: "accepted" },
    { name: "Host", state: "open" },
  ]);
});
