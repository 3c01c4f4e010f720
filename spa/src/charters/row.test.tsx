import { render } from "preact";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleBalance, sampleCharter } from "../testing/samples";
import type { Phase } from "./phase";
import { Row } from "./row";

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
});
afterEach(() => render(null, root));

const show = (phase: Phase, change = {}) =>
  render(<Row charter={sampleCharter(change)} phase={phase} unsent={[]} />, root);
const tone = (selector: string) => /tone-\w+/.exec(root.querySelector(selector)?.className ?? "")?.[0];

test.each([
  ["coming", "tone-plain", "tone-part"],
  ["today", "tone-plain", "tone-part"],
  ["urgent", "tone-due", "tone-due"],
  ["under way", "tone-due", "tone-due"],
  ["ended", "tone-due", "tone-calm"],
] as const)("money and waivers that are open while a charter is %s", (phase, money, waivers) => {
  show(phase);
  expect(tone(".money-lead")).toBe(money);
  expect(tone(".row-signed")).toBe(waivers);
});

test("what is due leads, and what was paid of it stands below", () => {
  const deposit = {
    received_cents: 30_000,
    deposits_cents: 30_000,
    balance_due_cents: 90_000,
    uncleared_cents: 30_000,
  };
  show("coming", { balance: sampleBalance(deposit), ends_at: "2126-07-05T01:00:00Z" });
  expect(root.querySelector(".money-lead")?.textContent).toBe("Due $900");
  expect(root.querySelector(".money")?.textContent).toBe("Due $900$300 to clearDeposit $300 of $1,200");
});

test("a charter without a captain says so in both layouts", () => {
  show("coming", { captain: null });
  expect(root.querySelector(".row-crew .missing")?.textContent).toBe("No captain yet");
  expect(root.querySelector(".only-narrow")?.textContent).toMatch("No captain yet");
});

test("a cancelled charter is one thin line with what is to refund, and no button", () => {
  const balance = sampleBalance({ received_cents: 70_000, balance_due_cents: -70_000 });
  show("cancelled", { status: "cancelled", balance });
  expect(root.querySelector("button")).toBeNull();
  expect(root.querySelector("article")?.textContent).toMatch(/Sunset sail Cancelled.*To refund \$700/);
});
