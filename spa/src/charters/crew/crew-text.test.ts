import { expect, test } from "vitest";
import type { Position } from "../../data/contract";
import { sampleAsked, sampleCharter, samplePerson, samplePosition } from "../../testing/samples";
import { roles } from "../../ui/crew/roles";
import { answerByText, askedTexts, messageText, personOf } from "./crew-text";
import { buttonText } from "./ways";

const states: Position["state"][] = ["asked", "accepted", "unconfirmed", "assigned"];

test("a message says what, when, where and as what, and holds the person's own link and no money", () => {
  const person = samplePerson({ name: "Inés Kovač" });
  for (const [title, vessel, port] of [
    ["Tom & Jo’s 100% sail", "S/V Petrel", "Dock C"],
    ["佐藤 由紀", "", ""],
    ["W".repeat(120), "Ж".repeat(100), "שיבניק"],
  ] as const) {
    const charter = sampleCharter({ title, vessel, departure_port: port, charter_fee_cents: 123_400 });
    for (const role of roles) {
      for (const state of states) {
        const text = messageText(charter, samplePosition({ role, state }), person);
        expect(text).toMatch(/^Hi Inés, /);
        for (const part of [title, vessel, port, person.page_url, "Jul 4"]) expect(text).toContain(part);
        if (state !== "unconfirmed") expect(text).toContain(role);
        expect(text).not.toMatch(/\$|1,?234|undefined|, ,|,\./);
      }
    }
  }
});

test("who was asked is told latest first, with the reason", () => {
  const asked = [
    sampleAsked({ name: "Ivana Šarić", answer: "declined", reason: "away" }),
    sampleAsked({ name: "Al", answer: "late" }),
    sampleAsked({ name: "Theo" }),
  ];
  const texts = askedTexts(samplePosition({ asked }), "UTC").map((text) => text.replace(/ asked .*?M,/, ","));
  expect(texts).toEqual(["Theo, no answer yet", "Al, did not answer in time", "Ivana Šarić, declined: away"]);
});

test("the time to answer shows only while somebody is asked", () => {
  const answer_by = "2026-07-02T21:00:00Z";
  expect(answerByText(samplePosition({ state: "asked", answer_by }), "UTC")).toMatch(/^The next is asked at .*9:00/);
  expect(answerByText(samplePosition({ state: "accepted", answer_by }), "UTC")).toBe("");
});

test("a position means who has it, else who is asked", () => {
  const theo = { person_id: "p2", name: "Theo" };
  const asked = [sampleAsked()];
  expect(personOf(samplePosition({ state: "accepted", person: theo, asked }))).toEqual(theo);
  expect(personOf(samplePosition({ state: "asked", asked }))?.name).toBe("Dana Ortiz");
  expect(personOf(samplePosition({ asked }))).toBeNull();
});

test("the button says what happens", () => {
  expect(buttonText("rank", [])).toBe("Add and ask by rank");
  expect(buttonText("order", [])).toBe("Ask");
  expect(buttonText("order", ["Dana"])).toBe("Ask Dana");
  expect(buttonText("order", ["Dana", "Al", "Bo"])).toBe("Ask Dana, then 2 more");
  expect(buttonText("assign", ["Dana"])).toBe("Assign Dana");
});
