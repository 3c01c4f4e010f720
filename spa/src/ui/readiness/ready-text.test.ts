import { expect, test } from "vitest";
import type { Charter, Check } from "../../data/contract";
import { sampleCharter, sampleCheck } from "../../testing/samples";
import { checkNames, readyText, sortedChecks } from "./ready-text";

const waivers = { signed: 16, expected: 18 };
const text = (state: Charter["readiness"]["state"], ...checks: Check[]) =>
  readyText(sampleCharter({ waivers, readiness: { state, checks } }), 0);

test("what blocks is named by its checks, never by amounts", () => {
  const paid = sampleCheck("money", "blocks", "$2,000 due before departure");
  expect(text("blocked", sampleCheck("captain"), sampleCheck("waivers", "blocks"), paid)).toEqual({
    word: "Blocked",
    why: "Not paid, 2 waivers",
    tone: "due",
  });
});

test("double-booked and no captain are said first", () => {
  const captain = sampleCheck("captain", "blocks");
  expect(text("blocked", sampleCheck("money", "blocks"), captain)).toMatchObject({
    word: "No captain",
    why: "Not paid",
  });
  expect(text("blocked", captain, sampleCheck("conflicts", "blocks"))).toMatchObject({
    word: "Double-booked",
    why: "Captain",
  });
});

test("what is open is counted and named, what is done is not", () => {
  const checks = [sampleCheck("crew", "waived"), sampleCheck("waivers", "open"), sampleCheck("captain", "open")];
  expect(text("open", sampleCheck("heads"), ...checks)).toEqual({
    word: "2 open",
    why: "captain, 2 waivers",
    tone: "part",
  });
});

test("what is not known is never called ready", () => {
  expect(text("unknown", sampleCheck("boat_papers", "unknown"))).toEqual({
    word: "Unknown",
    why: "boat’s papers",
    tone: "part",
  });
});

test("what is ready says only that, and what has sailed or is off says nothing", () => {
  expect(text("ready", sampleCheck("captain"))).toEqual({ word: "Ready", why: "", tone: "good" });
  for (const state of ["departed", "cancelled"] as const) {
    expect(text(state, sampleCheck("money", "waived"))).toBeNull();
  }
});

test("what is over is not to be made ready any more", () => {
  const charter = sampleCharter({ readiness: { state: "blocked", checks: [sampleCheck("money", "blocks")] } });
  const ends_ms = Date.parse(charter.ends_at);
  expect(readyText(charter, ends_ms - 1)?.word).toBe("Blocked");
  expect(readyText(charter, ends_ms)).toBeNull();
});

test("every check that blocks is told in words and in red", () => {
  for (const code of Object.keys(checkNames) as Check["code"][]) {
    const found = text("blocked", sampleCheck(code, "blocks"));
    expect(found?.tone).toBe("due");
    expect(`${found?.word} ${found?.why}`).toMatch(/^(Blocked [A-Z0-9]|Double-booked $|No captain $)/);
  }
});

test("checks come by what they hold up, and within that always in one order", () => {
  const checks = [
    sampleCheck("heads"),
    sampleCheck("briefing", "open"),
    sampleCheck("boat_papers", "unknown"),
    sampleCheck("waivers", "blocks"),
    sampleCheck("money", "blocks"),
    sampleCheck("crew", "waived"),
  ];
  const codes = (all: Check[]) => sortedChecks({ state: "blocked", checks: all }).map(({ code }) => code);
  expect(codes(checks)).toEqual(["money", "waivers", "briefing", "boat_papers", "crew", "heads"]);
  expect(codes([...checks].reverse())).toEqual(codes(checks));
});
