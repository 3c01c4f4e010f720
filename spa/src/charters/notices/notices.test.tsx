import { beforeEach, expect, test, vi } from "vitest";
import { keepCharters } from "../../data/charters";
import * as session from "../../data/session";
import { charter, json, settled, setUpApp } from "../../testing/app";
import { forgetDrafts, openCharterDialog } from "../form/open-charter";

const app = setUpApp();
const { open, says, button } = app;
const mails = [
  { to: "ana@example.com", name: "Ana Reyes", subject: "Changed: Sunset sail", text: "before: Pier 1" },
  { to: "bo@example.com", name: "", subject: "Changed: Sunset sail", text: "before: Pier 1" },
];
let told = mails;

beforeEach(() => {
  told = mails;
  forgetDrafts();
  session.begin("t1", false);
  app.handle = (path, init) => {
    if (path.endsWith("-preview")) return json(200, { mails: told });
    if (init.method === "PATCH") return json(200, { ...charter, version: charter.version + 1, title: "Moved" });
    if (path.endsWith("/cancel")) return json(200, { ...charter, version: charter.version + 1, status: "cancelled" });
    if (path.startsWith("/api/events/"))
      return json(200, { ...charter, payments: [], waiver_records: [], mail_problems: [] });
    const list = path.slice("/api/".length);
    if (["boats", "people", "patrons"].includes(list)) return json(200, { [list]: [] });
    return json(200, { events: [charter], next_cursor: null });
  };
});

const sent = (what: string) =>
  app.calls
    .filter(({ path }) => path.endsWith(what))
    .map(({ method, init }) => [method, JSON.parse(String(init.body))]);
const edits = () =>
  app.calls.filter(({ method }) => method === "PATCH").map(({ init }) => JSON.parse(String(init.body)));
const last = () => [...app.root.querySelectorAll<HTMLElement>("dialog")].at(-1) as HTMLElement;

async function edit(label: string, value: string): Promise<void> {
  open("/");
  await says("Log payment");
  keepCharters([charter]);
  openCharterDialog(charter);
  await says(label);
  const field = [...app.root.querySelectorAll("label")].find(({ textContent }) => textContent?.trim() === label);
  const input = document.getElementById(field?.htmlFor ?? "") as HTMLInputElement;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await app.submit();
}

test("another port is saved only after the desk has seen who is mailed of it, and what", async () => {
  await edit("Departure port", "Pier 9");
  await says("Nothing is saved yet.");
  await says("Ana Reyes ana@example.com");
  await says("before: Pier 1");
  expect(edits()).toEqual([]);
  expect(button("Save and mail 2 people", last())).toBeTruthy();
  last().querySelector("form")?.requestSubmit();
  await says("The mails are on their way.");
  expect(edits()).toEqual([{ version: charter.version, departure_port: "Pier 9", notify: true }]);
});

test("without mail it is saved and nobody is told", async () => {
  await edit("Departure port", "Pier 9");
  await says("Nothing is saved yet.");
  button("Save without mail", last()).click();
  await says("Saved: Moved.");
  expect(edits()).toEqual([{ version: charter.version, departure_port: "Pier 9", notify: false }]);
});

test("Back saves nothing and keeps what was typed", async () => {
  await edit("Departure port", "Pier 9");
  await says("Nothing is saved yet.");
  button("Back", last()).click();
  await settled();
  expect(edits()).toEqual([]);
  expect([...app.root.querySelectorAll("input")].map(({ value }) => value)).toContain("Pier 9");
});

test("what tells nobody anything is saved at once", async () => {
  await edit("Title", "Moonlight");
  await says("Saved: Moved.");
  expect(sent("-preview")).toEqual([]);
  expect(edits()).toEqual([{ version: charter.version, title: "Moonlight" }]);
});

test.each([
  ["Cancel charter and mail 2 people", true],
  ["Cancel charter without mail", false],
])("a cancellation shows who would be told: %s", async (answer, notify) => {
  open(`/events/${charter.event_id}`);
  await says("Cancel charter");
  button("Cancel charter").click();
  await says("no mail tells it");
  app.type("dialog input", "storm");
  await app.submit();
  await says("Nothing is saved yet.");
  expect(sent("/cancel")).toEqual([]);
  const found = button(answer, last());
  if (notify) last().querySelector("form")?.requestSubmit();
  else found.click();
  await vi.waitFor(() =>
    expect(sent("/cancel")).toEqual([["POST", { reason: "storm", notify, cancellation_fee_cents: 0 }]]),
  );
  await says("The charter is cancelled");
});

test("a cancellation that nobody would be told of asks no more", async () => {
  told = [];
  open(`/events/${charter.event_id}`);
  await says("Cancel charter");
  button("Cancel charter").click();
  await says("no mail tells it");
  app.type("dialog input", "storm");
  await app.submit();
  await vi.waitFor(() =>
    expect(sent("/cancel")).toEqual([["POST", { reason: "storm", notify: false, cancellation_fee_cents: 0 }]]),
  );
});
