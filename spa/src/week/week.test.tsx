import { beforeEach, expect, test, vi } from "vitest";
import * as session from "../data/session";
import { operatorClock } from "../lib/clock";
import { json, settled, setUpApp } from "../testing/app";
import "./week";
import { sampleBoat, sampleCharter, sampleEntry, sampleHold } from "../testing/samples";

const app = setUpApp();
const { open, says, button, dialog } = app;

const petrel = sampleBoat({
  boat_id: "petrel",
  name: "Petrel",
  passenger_limit: 12,
  turnaround_minutes: 60,
  home_port: "San Diego",
});
const windrose = sampleBoat({ boat_id: "windrose", name: "Windrose" });
const charter = {
  ...sampleCharter(),
  title: "Whale watch",
  boat_id: "petrel",
  timezone: "America/Los_Angeles",
  version: 4,
};
const times = { starts_at: "2026-11-28T20:00:00Z", ends_at: "2026-11-28T23:00:00Z" };
const conflict = { kind: "boat", name: "Windrose", event_id: "event-2", title: "Birthday", ...times };

let asked: string[];
let answerMove: () => Response;

beforeEach(() => {
  session.begin("t1", false);
  operatorClock.value = { timezone: "America/Los_Angeles", ahead_ms: 0 };
  asked = [];
  answerMove = () => json(200, { ...charter, ...times });
  const known = {
    boats: [petrel, windrose],
    entries: [sampleEntry(), sampleEntry({ kind: "hold", hold_id: "hold-1" })],
  };
  app.handle = (path, { method = "GET" }) => {
    asked.push(`${method} ${path.replace(/\?.*/, "")}`);
    if (path.startsWith("/api/schedule")) return json(200, known);
    if (path.startsWith("/api/holds")) return json(200, { holds: [sampleHold()] });
    if (path.startsWith("/api/events?")) return json(200, { events: [{ ...charter, ...times }], next_cursor: null });
    if (method === "PATCH") return answerMove();
    return json(200, { ...charter, ...times, payments: [], waiver_records: [], mail_problems: [] });
  };
});

const block = () => app.root.querySelector<HTMLElement>("td a.block");
const press = (key: string) =>
  block()?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const patched = () => JSON.parse(String(app.calls.find(({ method }) => method === "PATCH")?.init.body));

async function showWeek(): Promise<void> {
  document.body.append(app.root);
  open("/week?from=2026-11-28");
  await says("Whale watch");
  // The history may still be on its way back from the dialog of the test before.
  await settled();
}

/** With the keyboard: one boat down, two days on. Each key waits, as a person would, for what the one before did. */
async function moveAway(): Promise<void> {
  block()?.focus();
  press("m");
  await says("Moving Whale watch");
  press("ArrowDown");
  await says("To Windrose, Sat, Nov 28");
  press("ArrowRight");
  await says("To Windrose, Sun, Nov 29");
  press("ArrowRight");
  await says("To Windrose, Mon, Nov 30");
}

test("a week is one question about the schedule", async () => {
  await showWeek();
  await says("Held until");
  await settled();
  expect(asked.filter((call) => call === "GET /api/schedule")).toHaveLength(1);
});

test("a move with the keyboard asks first, with old and new, then writes what has changed", async () => {
  await showWeek();
  await moveAway();
  expect(app.root.querySelector("td.target")).not.toBeNull();
  press("Enter");
  await vi.waitFor(() => expect(dialog().querySelector(".old-new")).not.toBeNull());
  const words = (dialog().querySelector(".old-new")?.textContent ?? "").replace(/\s+/g, " ");
  expect(words).toMatch(/Now.*Petrel, Sat, Nov 28, 12:00.*New.*Windrose, Mon, Nov 30, 12:00/);
  expect(asked).not.toContain("PATCH /api/events/event-1");
  button("Move", dialog()).closest("form")?.requestSubmit();
  await says("Moved: Whale watch, Windrose, Mon, Nov 30");
  expect(patched()).toEqual({
    version: 4,
    boat_id: "windrose",
    starts_at: "2026-11-30T20:00:00Z",
    ends_at: "2026-11-30T23:00:00Z",
  });
});

test("who is concerned is mailed of a move where that is ticked, and of its end", async () => {
  await showWeek();
  await moveAway();
  press("Enter");
  await vi.waitFor(() => expect(dialog().querySelector(".old-new")).not.toBeNull());
  app.root.querySelector<HTMLInputElement>("dialog .check input")?.click();
  await settled();
  button("Move", dialog()).closest("form")?.requestSubmit();
  await says("The mails are on their way.");
  button("Undo").click();
  await says("Back where it was: Whale watch.");
  const bodies = app.calls.filter(({ method }) => method === "PATCH").map(({ init }) => JSON.parse(String(init.body)));
  expect(bodies.map(({ notify }) => notify)).toEqual([true, true]);
});

test("Escape leaves a moving entry where it is", async () => {
  await showWeek();
  await moveAway();
  press("Escape");
  await vi.waitFor(() => expect(app.root.querySelector("td.target")).toBeNull());
  expect(app.root.querySelector("dialog")).toBeNull();
});

test("a conflict is shown with its times, and is booked only with a reason", async () => {
  answerMove = () => json(409, { Code: "ScheduleConflict", Message: "Windrose is booked.", conflicts: [conflict] });
  await showWeek();
  await moveAway();
  press("Enter");
  await vi.waitFor(() => expect(dialog().querySelector("form")).not.toBeNull());
  dialog().querySelector("form")?.requestSubmit();
  await says("Windrose: “Birthday”, Sat, Nov 28");
  await vi.waitFor(() => button("Book anyway", dialog()));
  dialog().querySelector("form")?.requestSubmit();
  await says("Say why, or choose another time or boat.");
  expect(asked.filter((call) => call.startsWith("PATCH"))).toHaveLength(1);
  answerMove = () => json(200, { ...charter, ...times });
  app.type(".conflicts input", "They raft up");
  await settled();
  dialog().querySelector("form")?.requestSubmit();
  await says("Moved: Whale watch");
  const bodies = app.calls.filter(({ method }) => method === "PATCH").map(({ init }) => JSON.parse(String(init.body)));
  expect(bodies.map(({ override_reason }) => override_reason)).toEqual([undefined, "They raft up"]);
});
