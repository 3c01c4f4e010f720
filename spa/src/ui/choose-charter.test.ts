import { expect, test } from "vitest";
import type { Charter } from "../data/contract";
import { sampleBalance, sampleCharter } from "../testing/samples";
import { likelyFirst } from "./choose-charter";

const AT_MS = Date.parse("2026-07-04T17:00:00Z");
const at = (title: string, starts_at: string, change: Partial<Charter> = {}) =>
  sampleCharter({
    event_id: title,
    title,
    starts_at,
    ends_at: new Date(Date.parse(starts_at) + 2 * 3_600_000).toISOString(),
    ...change,
  });
const paid = { balance: sampleBalance({ balance_due_cents: 0 }) };

test("the charter that is under way or just over comes before what is further away", () => {
  const found = [
    at("last week", "2026-06-28T16:00:00Z"),
    at("just over", "2026-07-04T14:30:00Z"),
    at("this evening", "2026-07-04T23:00:00Z"),
    at("next month", "2026-08-04T17:00:00Z"),
  ];
  const titles = likelyFirst(found, AT_MS).map(({ title }) => title);
  expect(titles).toEqual(["just over", "this evening", "last week", "next month"]);
});

test("money is for what is not paid before it is a tip, but a tip of today before next month's balance", () => {
  const found = [
    at("paid and under way", "2026-07-04T16:00:00Z", paid),
    at("due tomorrow", "2026-07-05T17:00:00Z"),
    at("due next month", "2026-08-04T17:00:00Z"),
    at("cancelled and settled", "2026-07-04T16:00:00Z", { ...paid, status: "cancelled" }),
    at("cancelled with a fee", "2026-07-04T23:00:00Z", { status: "cancelled" }),
  ];
  expect(likelyFirst(found, AT_MS).map(({ title }) => title)).toEqual([
    "cancelled with a fee",
    "due tomorrow",
    "paid and under way",
    "due next month",
    "cancelled and settled",
  ]);
});

test("money that leaves a charter most likely goes to another one of its patron, and not to itself", () => {
  const patron = { name: "José Núñez", email: "", phone: "" };
  const from = at("called off", "2026-07-04T17:00:00Z", { patron });
  const found = [
    from,
    at("today", "2026-07-04T19:00:00Z"),
    at("new date", "2026-09-12T17:00:00Z", { patron: { ...patron, name: "jose nunez" } }),
  ];
  expect(likelyFirst(found, AT_MS, from).map(({ title }) => title)).toEqual(["new date", "today"]);
});
