import { expect, test } from "vitest";
import { loaded } from "../data/board";
import { charters, remembered } from "../data/charters";
import type { Charter } from "../data/contract";
import * as session from "../data/session";
import { charter, json, setUpApp } from "../testing/app";

const app = setUpApp();
const { open, says, text, button } = app;

const GUESTS = [
  { guest_id: "1", name: "Ana Reyes", email: "ana@example.com" },
  { guest_id: "2", name: "Bo Sund", email: "" },
  { guest_id: "3", name: "Cora Lind", email: "" },
];

/** A charter on which these guests have not signed. */
function withMissing(missing: typeof GUESTS, guests = GUESTS): Charter {
  const names = missing.map(({ name }) => name);
  const ids = missing.map(({ guest_id }) => guest_id);
  const waivers = { signed: 1, expected: 4, missing: names, missing_guest_ids: ids };
  return { ...charter, guests, waivers };
}

/** On the board or on its own page. */
async function show(path: string, missing: typeof GUESTS, guests = GUESTS): Promise<void> {
  const listed = withMissing(missing, guests);
  session.begin("t1", false);
  app.handle = (path) =>
    json(
      200,
      path.includes("?")
        ? { events: [listed], next_cursor: null }
        : { ...listed, payments: [], mail_problems: [], waiver_records: [] },
    );
  open(path);
  await says(path === "/" ? "Missing:" : "Not signed yet");
}

const allOf = (label: string) => button(`${label} who has not signed for ${charter.title}`) as HTMLButtonElement;

test("where a mail can reach one who is missing, one tap reminds them", async () => {
  await show("/", GUESTS);
  expect(allOf("Remind").disabled).toBe(false);
});

test("where none of those who are missing has an email, the button says so before the tap", async () => {
  await show("/", GUESTS.slice(1));
  expect(allOf("Remind: no email").disabled).toBe(true);
});

test("the charter's page says it of each of them, and of all", async () => {
  await show("/events/event-1", GUESTS.slice(1));
  expect(allOf("Remind all: no email").disabled).toBe(true);
  expect([...app.root.querySelectorAll(".missing-list li")].map((row) => row.textContent)).toEqual([
    "Bo Sund no email",
    "Cora Lind no email",
  ]);
});

test("of two guests of one name the page says by the address who is missing", async () => {
  const junior = { guest_id: "4", name: "Ana  Réyes", email: "ana.junior@example.com" };
  await show("/events/event-1", [junior, ...GUESTS.slice(1, 2)], [...GUESTS, junior]);
  expect([...app.root.querySelectorAll(".missing-list li p")].map((row) => row.textContent?.trim())).toEqual([
    "Ana  Réyes ana.junior@example.com",
    "Bo Sund",
  ]);
});

test("those whom a mail can reach have a button of their own", async () => {
  await show("/events/event-1", GUESTS);
  expect(allOf("Remind all").disabled).toBe(false);
  expect(button("Remind Ana Reyes")).toBeTruthy();
  expect(text()).not.toMatch("Remind Bo Sund");
});

test("of a charter that is only remembered no address is known, so the server decides", async () => {
  session.begin("t1", false);
  app.handle = () => new Promise(() => {});
  charters.value = new Map([[charter.event_id, withMissing(GUESTS.slice(1))]]);
  remembered.value = new Set([charter.event_id]);
  const at_ms = Date.now();
  loaded.value = { at_ms, next_cursor: null, until: null, from: charter.starts_at, past_days: 0, recalled: true };
  open("/");
  await says("Missing:");
  expect(allOf("Remind").disabled).toBe(false);
});
