import { beforeEach, describe, expect, test, vi } from "vitest";
import * as session from "../../data/session";
import { json, settled, setUpApp } from "../../testing/app";
import { sampleBoat, sampleCharter, samplePatron, samplePerson } from "../../testing/samples";
import { duplicateForm } from "./charter-form";

const app = setUpApp();
const { open, text, says, button, dialog, submit } = app;
const kestrel = sampleBoat({
  boat_id: "b1",
  name: "Kestrel",
  passenger_limit: 6,
  home_port: "Vis",
  turnaround_minutes: 60,
});
const gull = sampleBoat({ boat_id: "b2", name: "Gull" });
const dana = samplePerson({ person_id: "p1", name: "Dana Ortiz" });
const conflict = {
  kind: "boat",
  name: "Kestrel",
  title: "Whale watch",
  starts_at: "2027-07-04T22:00:00Z",
  ends_at: "2027-07-04T23:00:00Z",
  event_id: "other",
};
const zone = { "Operator-Time": `${new Date().toISOString()}[America/New_York]`, "Operator-Currency": "USD" };

const detail = { ...sampleCharter(), payments: [], waiver_records: [], mail_problems: [] };

/** What creating a charter answers; other writes make what was sent. */
let created: (body: Record<string, unknown>) => Response;

beforeEach(() => {
  session.begin("t1", false);
  created = () => json(201, sampleCharter());
  app.handle = (path, { method, body }) => {
    const sent = body ? JSON.parse(String(body)) : {};
    if (method === "POST" && path === "/api/events") return created(sent);
    if (method === "POST" && path === "/api/people") return json(201, samplePerson({ ...sent, person_id: "p9" }));
    if (method === "POST" && path === "/api/boats") return json(201, sampleBoat({ ...sent, boat_id: "b9" }));
    const [page = ""] = path.split("?");
    const entry = { ...conflict, kind: "charter", boat_id: "b1", status: "scheduled", conflicts: [] };
    const answers: Record<string, unknown> = {
      "/api/boats": { boats: [kestrel, gull, sampleBoat({ boat_id: "b3", name: "Old", active: false })] },
      "/api/people": { people: [dana] },
      "/api/patrons": { patrons: [samplePatron({ phone: "+1 555 0199" })] },
      "/api/schedule": { boats: [], entries: [entry] },
      "/api/events": { events: [], next_cursor: null },
    };
    return json(200, answers[page] ?? detail, zone);
  };
});

function input(label: string, number = 0): HTMLInputElement {
  const found = [...app.root.querySelectorAll("dialog label")].filter((one) => one.textContent === label)[number];
  return document.getElementById((found as HTMLLabelElement | undefined)?.htmlFor ?? "") as HTMLInputElement;
}

function typeInto(label: string, value: string, number = 0): void {
  const field = input(label, number);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const [PATRON, CAPTAIN] = [0, 1];

async function openNew(): Promise<void> {
  open("/");
  await says("No charter is planned.");
  button("New charter").click();
  await vi.waitFor(() => expect(input("Vessel").hasAttribute("list")).toBe(true));
  typeInto("Title", "Sunset sail");
  typeInto("Departs", "2027-07-04T18:00");
}

const bodies = (path: string) =>
  app.calls
    .filter((call) => call.method === "POST" && call.path === path)
    .map(({ init }) => JSON.parse(String(init.body)));

test("boat, captain and patron of the lists are typed by name, and sent with what the lists know", async () => {
  await openNew();
  typeInto("Vessel", "kestrel");
  typeInto("Name", "ana reyes", PATRON);
  typeInto("Name", "dana ortiz", CAPTAIN);
  await says("60 minutes lie between two of its charters.");
  expect(dialog().textContent).not.toMatch(/Make a (boat|person)/);
  await submit();
  await vi.waitFor(() => expect(bodies("/api/events")).toHaveLength(1));
  expect(bodies("/api/events")[0]).toMatchObject({
    boat_id: "b1",
    vessel: "Kestrel",
    passenger_limit: 6,
    departure_port: "Vis",
    captain: { person_id: "p1", name: "Dana Ortiz", email: "dana@example.com" },
    patron: { name: "Ana Reyes", email: "ana@example.com", phone: "+1 555 0199" },
    currency: "USD",
  });
});

test("names that were typed before the lists are there are found when they come", async () => {
  const { handle } = app;
  let answer = () => {};
  const wait = new Promise<void>((resolve) => {
    answer = resolve;
  });
  app.handle = async (path, init) => {
    if (path === "/api/boats") await wait;
    return handle(path, init);
  };
  open("/");
  await says("No charter is planned.");
  button("New charter").click();
  await says("Vessel");
  typeInto("Vessel", "Kestrel");
  await settled();
  answer();
  await says("60 minutes lie between two of its charters.");
  expect(input("Departure port").value).toBe("Vis");
});

test("only boats that are active are offered", async () => {
  await openNew();
  const boats = document.getElementById(input("Vessel").getAttribute("list") ?? "");
  expect([...(boats?.querySelectorAll("option") ?? [])].map(({ value }) => value)).toEqual(["Kestrel", "Gull"]);
});

test("a boat and a person that were typed are put on the lists by a button", async () => {
  await openNew();
  typeInto("Vessel", "Petrel");
  typeInto("Passenger limit", "12");
  typeInto("Name", "Rick Hale", CAPTAIN);
  await settled();
  typeInto("Email", "rick@example.com", CAPTAIN);
  await says("Make a boat of this");
  button("Make a boat of this").click();
  button("Make a person of this: Rick Hale").click();
  await says("Rick Hale is on the list of people.");
  await vi.waitFor(() => expect(dialog().textContent).not.toMatch(/Make a (boat|person)/));
  expect(bodies("/api/boats")).toEqual([{ name: "Petrel", passenger_limit: 12, home_port: "" }]);
  expect(bodies("/api/people")).toEqual([
    { name: "Rick Hale", email: "rick@example.com", phone: "", roles: ["captain"] },
  ]);
  await submit();
  await vi.waitFor(() => expect(bodies("/api/events")).toHaveLength(1));
  expect(bodies("/api/events")[0]).toMatchObject({ boat_id: "b9", captain: { person_id: "p9" } });
});

test("a new charter begins in the operator's currency and zone, whatever other charters are in", async () => {
  const { handle } = app;
  const yen = sampleCharter({
    currency: "JPY",
    timezone: "Asia/Tokyo",
    starts_at: "2099-07-04T21:00:00Z",
    ends_at: "2099-07-04T23:00:00Z",
  });
  app.handle = (path, init) =>
    path.startsWith("/api/events?") ? json(200, { events: [yen], next_cursor: null }, zone) : handle(path, init);
  open("/");
  await says("Sunset sail");
  button("New charter").click();
  await vi.waitFor(() => expect(input("Currency").value).toBe("USD"));
  expect(input("Time zone of the charter").value).toBe("America/New_York");
});

describe("a booking that overlaps another", () => {
  beforeEach(async () => {
    created = (body) =>
      body.boat_id === "b1" && !body.override_reason
        ? json(409, { Code: "ScheduleConflict", Message: "Kestrel is booked.", conflicts: [conflict] })
        : json(201, sampleCharter());
    await openNew();
    typeInto("Vessel", "Kestrel");
    await submit();
    await says("Booked already");
  });

  test("shows both times and what is in the way, and a boat that is free is taken by a button", async () => {
    expect(text()).toMatch(/Booked already at Sun, Jul 4, 2027, 6:00 – 10:00 PM/);
    const link = dialog().querySelector<HTMLAnchorElement>(".conflict a");
    expect(link?.getAttribute("href")).toBe("/events/other");
    expect(link?.textContent?.replace(/\s+/g, " ")).toMatch("Kestrel: “Whale watch”, Sun, Jul 4, 2027, 6:00 – 7:00 PM");
    await says("Take Gull");
    expect(text()).not.toMatch("Take Kestrel");
    button("Take Gull").click();
    await submit();
    await vi.waitFor(() => expect(bodies("/api/events").at(-1)).toMatchObject({ boat_id: "b2", vessel: "Gull" }));
  });

  test("is booked anyway for a reason alone", async () => {
    button("Book anyway").click();
    await says("Say why, in a few words.");
    expect(bodies("/api/events")).toHaveLength(1);
    typeInto("Reason to book it anyway", "Two short trips");
    await vi.waitFor(() => expect(input("Reason to book it anyway").value).toBe("Two short trips"));
    await settled();
    button("Book anyway").click();
    await says("Created: Sunset sail.");
    expect(bodies("/api/events").at(-1)).toMatchObject({ boat_id: "b1", override_reason: "Two short trips" });
  });
});

test("a duplicate is for the same weekday and time of the next week to come, without the guests", () => {
  const guests = [{ guest_id: "g1", name: "Bo", email: "" }];
  const charter = sampleCharter({ guests, boat_id: "b1" });
  const before = duplicateForm(charter, Date.parse("2026-06-01T12:00:00Z"));
  expect([before.starts_at.local, before.ends_at.local]).toEqual(["2026-07-11T17:00", "2026-07-11T21:00"]);
  expect(before).toMatchObject({ title: "Sunset sail", boat_id: "b1", guests: { rows: [], pasted: "" } });
  const long_after = duplicateForm(charter, Date.parse("2026-08-05T12:00:00Z"));
  expect(long_after.starts_at.local).toBe("2026-08-08T17:00");
  // Over a change of clocks the clock on the wall counts.
  const autumn = sampleCharter({ starts_at: "2026-10-31T21:00:00Z", ends_at: "2026-11-01T01:00:00Z" });
  expect(duplicateForm(autumn, Date.parse("2026-10-30T12:00:00Z")).starts_at.local).toBe("2026-11-07T17:00");
});

test("a weekly repetition names what is in the way of each, and makes those that are chosen, once", async () => {
  const source = sampleCharter({ starts_at: "2027-06-27T22:00:00Z", ends_at: "2027-06-28T00:00:00Z" });
  const planned = [
    { starts_at: "2027-07-04T22:00:00Z", ends_at: "2027-07-05T00:00:00Z", conflicts: [conflict] },
    { starts_at: "2027-07-11T22:00:00Z", ends_at: "2027-07-12T00:00:00Z", conflicts: [] },
  ];
  const { handle } = app;
  let tries = 0;
  app.handle = (path, init) => {
    if (path === "/api/events/event-1") {
      return json(200, { ...source, payments: [], waiver_records: [], mail_problems: [] }, zone);
    }
    if (!path.endsWith("/repeat")) return handle(path, init);
    if (JSON.parse(String(init.body)).preview) return json(200, { events: planned });
    return ++tries === 1 ? json(503, {}) : json(201, { events: [sampleCharter({ event_id: "new" })] });
  };
  open("/events/event-1");
  await says("Repeat weekly…");
  button("Repeat weekly…").click();
  await says("Last day");
  typeInto("Last day", "2027-07-11");
  await submit();
  await says("Booked already: Kestrel: “Whale watch”");
  await says("Create 1 charter");
  await submit();
  await says("Not all were made.");
  await submit();
  await says("Created 1 charter.");
  const [preview, first, again] = bodies("/api/events/event-1/repeat");
  expect(preview).toMatchObject({ until: "2027-07-11", preview: true });
  expect(first).toMatchObject({ until: "2027-07-11", except: ["2027-07-04"] });
  expect(again).toEqual(first);
});
