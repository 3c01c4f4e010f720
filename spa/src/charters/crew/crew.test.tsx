import { beforeEach, expect, test, vi } from "vitest";
import type { Charter } from "../../data/contract";
import * as session from "../../data/session";
import { json, charter as plain, settled, setUpApp } from "../../testing/app";
import { sampleAsked, sampleBoat, samplePerson, samplePosition } from "../../testing/samples";

const app = setUpApp();
const { open, says, text, button, dialog } = app;

const papers = (["mmc", "medical"] as const).map((kind) => ({
  kind,
  valid_until: "2199-01-01",
  number_last4: "",
  note: "",
}));
const dana = samplePerson({ person_id: "dana", name: "Dana Ortiz", phone: "+1 619 555 0110", papers });
const maya = samplePerson({ person_id: "maya", name: "Maya Okafor", rank: 2 });
const asked = samplePosition({
  state: "asked",
  asked: [sampleAsked({ name: "Maya", answer: "declined", reason: "away" }), sampleAsked({ person_id: "dana" })],
});
let charter: Charter;
let boats = [sampleBoat()];
let refusals: Response[] = [];

beforeEach(() => {
  session.begin("t1", false);
  charter = {
    ...plain,
    boat_id: "boat-1",
    captain: null,
    payments: [],
    waiver_records: [],
    mail_problems: [],
  } as Charter;
  boats = [sampleBoat()];
  refusals = [];
  app.handle = (path, { method }) => {
    if (method === "POST") return refusals.shift() ?? json(200, { ...charter, positions: [asked], version: 2 });
    if (path === "/api/people") return json(200, { people: [maya, dana] });
    if (path === "/api/boats") return json(200, { boats });
    if (path.startsWith("/api/schedule")) return json(200, { boats, entries: [] });
    if (path.startsWith("/api/events?")) return json(200, { events: [], next_cursor: null });
    return json(200, charter);
  };
});

async function visit(change: Partial<Charter>): Promise<void> {
  Object.assign(charter, change);
  open(`/events/${charter.event_id}`);
  await says("Crew");
  await vi.waitFor(() => expect(app.calls.some(({ path }) => path === "/api/boats")).toBe(true));
  await settled();
}

const posted = () =>
  app.calls
    .filter(({ method }) => method === "POST")
    .map(({ path, init }) => [path.split("/").slice(4).join("/"), JSON.parse(String(init.body))]);
const choose = async (name: string) => {
  const label = [...dialog().querySelectorAll("label")].find((one) => one.textContent?.includes(name));
  label?.querySelector("input")?.click();
  await settled();
};
const send = async () => {
  await settled();
  dialog()
    .querySelector("form")
    ?.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
};

test("whoever is asked is shown with the answers before, and can be written to with their link", async () => {
  await visit({ positions: [asked] });
  await says(/Dana Ortiz asked/);
  expect(text()).toMatch(/Maya asked .*, declined: away/);
  const links = [...app.root.querySelectorAll<HTMLAnchorElement>(".crew a")].map(({ href }) =>
    decodeURIComponent(href),
  );
  expect(links.find((link) => link.startsWith("sms:+16195550110"))).toContain(dana.page_url);
  expect(links.find((link) => link.startsWith("https://wa.me/16195550110"))).toContain("can you sail as captain?");
});

test("a position is added and asked by rank, with what speaks against each", async () => {
  await visit({});
  button("Add position").click();
  await says("Free, papers in order");
  expect(dialog().textContent).toMatch(/Dana Ortiz.*Maya Okafor.*Medical certificate: not entered/);
  await send();
  await vi.waitFor(() => expect(posted()).toEqual([["positions", { role: "captain", required: true }]]));
  await says("Dana Ortiz asked");
});

test("people are asked in the order in which they are chosen", async () => {
  await visit({ positions: [samplePosition()] });
  button("Ask… Captain").click();
  await says("Free, papers in order");
  await send();
  await says("Choose somebody.");
  await choose("Maya Okafor");
  await choose("Dana Ortiz");
  expect(dialog().textContent).toMatch(/asked 2nd.*asked 1st/);
  button("Ask Maya Okafor, then 1 more").click();
  await vi.waitFor(() => expect(posted()).toEqual([["positions/position-1/ask", { person_ids: ["maya", "dana"] }]]));
});

test("who sails elsewhere is assigned for a reason only", async () => {
  const conflict = {
    kind: "captain",
    name: "Dana Ortiz",
    title: "Whale watch",
    starts_at: charter.starts_at,
    ends_at: charter.ends_at,
  };
  refusals = [json(409, { Code: "ScheduleConflict", Message: "Dana sails then.", conflicts: [conflict] })];
  await visit({ positions: [asked] });
  button("Change… Captain").click();
  await says("Free, papers in order");
  await choose("Assign");
  await choose("Dana Ortiz");
  await send();
  await says(/Captain Dana Ortiz: “Whale watch”/);
  await send();
  await says("Say why, or choose another time or boat.");
  const reason = [...dialog().querySelectorAll<HTMLInputElement>("input")].at(-1) as HTMLInputElement;
  reason.value = "Swaps at noon";
  reason.dispatchEvent(new Event("input", { bubbles: true }));
  await send();
  await vi.waitFor(() => expect(posted()).toHaveLength(2));
  expect(posted()[1]).toEqual(["positions/position-1/assign", { person_id: "dana", override_reason: "Swaps at noon" }]);
});

test("a position is withdrawn with a reason, which its people are told", async () => {
  await visit({ positions: [asked] });
  button("Change… Captain").click();
  await says("Withdraw…");
  button("Withdraw…").click();
  await says("Withdraw the captain’s position?");
  const [input] = [...app.root.querySelectorAll<HTMLInputElement>("dialog dialog input")];
  if (!input) throw new Error("no field for the reason");
  input.value = "The owner sails";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  input.closest("form")?.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
  await vi.waitFor(() => expect(posted()).toEqual([["positions/position-1/withdraw", { reason: "The owner sails" }]]));
  await vi.waitFor(() => expect(dialog()).toBeNull());
});

test("on a bareboat nobody is asked, and the page says why", async () => {
  boats = [sampleBoat({ kind: "bareboat" })];
  await visit({});
  await says("may neither ask nor assign them");
  expect(() => button("Add position")).toThrow();
});
