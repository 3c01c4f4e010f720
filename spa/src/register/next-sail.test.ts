import { expect, test } from "vitest";
import { sampleAsked, sampleCharter, samplePosition } from "../testing/samples";
import { nextSailText } from "./next-sail";

const sailor = { person_id: "dana", name: "Dana", email: "", phone: "" };
const on = (day: string, change = {}) =>
  sampleCharter({ starts_at: `${day}T18:00:00Z`, ends_at: `${day}T20:00:00Z`, timezone: "UTC", ...change });
const text = (...charters: ReturnType<typeof on>[]) =>
  nextSailText("dana", charters, Date.parse("2026-07-02T19:00:00Z")).replace(/, 20\d\d/g, "");

test("the first coming charter counts, as captain or crew, and one that is under way", () => {
  expect(text(on("2026-07-05", { captain: sailor }), on("2026-07-04", { crew: [sailor] }))).toBe("sails Sat, Jul 4");
  expect(text(on("2026-07-02", { captain: sailor }))).toBe("sails Thu, Jul 2");
});

test("what is over, off or of somebody else does not count", () => {
  expect(text(on("2026-07-01", { captain: sailor }), on("2026-07-05"))).toBe("");
  expect(text(on("2026-07-05", { captain: sailor, status: "cancelled" }))).toBe("");
});

test("who is asked and has not answered is told of too", () => {
  const positions = [samplePosition({ state: "asked", asked: [sampleAsked({ person_id: "dana" })] })];
  const declined = [samplePosition({ asked: [sampleAsked({ person_id: "dana", answer: "declined" })] })];
  expect(text(on("2026-07-05", { positions }), on("2026-07-06", { captain: sailor }))).toBe(
    "sails Mon, Jul 6, asked for Sun, Jul 5",
  );
  expect(text(on("2026-07-05", { positions: declined }))).toBe("");
});
