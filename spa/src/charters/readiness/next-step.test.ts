import { expect, test } from "vitest";
import type { Check, Conflict } from "../../data/contract";
import { sampleAsked, sampleCharter, samplePosition } from "../../testing/samples";
import { checkNames } from "../../ui/readiness/ready-text";
import { canSailAnyway, nextStep } from "./next-step";

const step = (code: Check["code"], change = {}, bareboat = false) =>
  nextStep({ code }, sampleCharter(change), bareboat);
const conflict: Conflict = {
  kind: "boat",
  name: "Petrel",
  title: "Whale watch",
  starts_at: "2026-07-05T02:00:00Z",
  ends_at: "2026-07-05T05:00:00Z",
};

test("every check has one thing to do", () => {
  for (const code of Object.keys(checkNames) as Check["code"][]) {
    expect(step(code).label).toMatch(/^[A-Z]/);
  }
  expect(step("money")).toEqual({ kind: "pay", label: "Log payment" });
  expect(step("briefing")).toEqual({ kind: "briefing", label: "Mark given" });
  expect(step("heads").kind).toBe("edit");
  expect(step("people_papers")).toMatchObject({ to: "/people" });
  expect(step("boat_papers")).toMatchObject({ to: "/boats" });
});

test("guests are reminded where one has an address; else the list of guests is what to fill in", () => {
  const guest = { guest_id: "1", name: "Ana", email: "ana@example.com" };
  const waivers = { ...sampleCharter().waivers, missing: ["Ana"], missing_guest_ids: ["1"] };
  expect(step("waivers", { guests: [guest], waivers })).toEqual({ kind: "remind", label: "Remind" });
  expect(step("waivers", { guests: [{ ...guest, email: "" }], waivers })).toEqual({
    kind: "edit",
    label: "Add an email…",
  });
  expect(step("waivers", { guests: [] })).toEqual({ kind: "edit", label: "Add guests…" });
});

test("a captain is asked for where there is none, and changed where one is asked", () => {
  const open = samplePosition();
  const asked = samplePosition({ position_id: "asked", state: "asked", asked: [sampleAsked()] });
  expect(step("captain")).toEqual({ kind: "position", label: "Ask…", role: "captain", position: null });
  expect(step("captain", { positions: [open] })).toMatchObject({ label: "Ask…", position: open });
  expect(step("captain", { positions: [asked] })).toMatchObject({ label: "Change…", position: asked });
});

test("of the crew the place that nobody is asked for comes first", () => {
  const asked = samplePosition({ role: "mate", state: "asked", asked: [sampleAsked()] });
  const open = samplePosition({ position_id: "open", role: "deckhand" });
  const held = samplePosition({ role: "host", state: "accepted" });
  expect(step("crew", { positions: [held, asked, open] })).toMatchObject({ role: "deckhand", position: open });
  expect(step("crew", { positions: [held, asked] })).toMatchObject({ label: "Change…", position: asked });
  expect(step("crew", { positions: [held] })).toMatchObject({ label: "Ask…", role: "mate", position: null });
});

test("on a bareboat nobody is asked: names are typed", () => {
  expect(step("captain", {}, true)).toEqual({ kind: "edit", label: "Edit…" });
  expect(step("crew", {}, true)).toEqual({ kind: "edit", label: "Edit…" });
  expect(step("money", {}, true).kind).toBe("pay");
});

test("a conflict leads to the other charter, to the week of a hold, or to the list of several", () => {
  const path = (...conflicts: Conflict[]) => (step("conflicts", { conflicts }) as { to: string }).to;
  const other = { ...conflict, event_id: "other" };
  expect(path(other)).toBe("/events/other");
  // By the clocks of the charter: there it is still the day before.
  expect(path({ ...conflict, hold_id: "hold" })).toBe("/week?from=2026-07-04");
  expect(path(other, conflict)).toBe("#conflicts");
});

test("it can sail anyway from twelve hours before its start, until it has", () => {
  const charter = sampleCharter();
  const hours = (before: number) => Date.parse(charter.starts_at) - before * 3_600_000;
  expect(canSailAnyway(charter, hours(12) - 1)).toBe(false);
  expect(canSailAnyway(charter, hours(12))).toBe(true);
  expect(canSailAnyway(charter, hours(-3))).toBe(true);
  for (const status of ["departed", "completed", "cancelled"] as const) {
    expect(canSailAnyway({ ...charter, status }, hours(1))).toBe(false);
  }
});
