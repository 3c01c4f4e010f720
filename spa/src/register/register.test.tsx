import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Person } from "../data/contract";
import * as session from "../data/session";
import { json, settled, setUpApp } from "../testing/app";
import { sampleBoat, samplePerson } from "../testing/samples";

const app = setUpApp();
const { open, text, says, button, dialog, submit } = app;
const dana = samplePerson({ name: "Dana Ortiz", roles: ["captain"] });

/** What was sent by this method to a path, latest last. */
const sent = (method: string) =>
  app.calls.filter((call) => call.method === method).map(({ init }) => JSON.parse(String(init.body)));

beforeEach(() => session.begin("t1", false));

function typeInto(label: string, value: string): void {
  const found = [...app.root.querySelectorAll("label")].find((one) => one.textContent === label);
  const input = document.getElementById(found?.htmlFor ?? "") as HTMLInputElement;
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

async function openPerson(answer: (init: RequestInit) => Response): Promise<void> {
  app.handle = (_, init) => (init.method === "GET" ? json(200, { people: [dana], events: [] }) : answer(init));
  open("/people");
  await says("Captain, rank 1");
  button("Dana Ortiz").click();
  await vi.waitFor(() => expect(dialog().textContent).toMatch("Private page"));
}

describe("the list of people", () => {
  test("tells which papers are not in order, and which a captain lacks", async () => {
    const mmc = { kind: "mmc", valid_until: "2020-03-01", number_last4: "", note: "" } as const;
    const mate = samplePerson({ person_id: "p2", name: "Tess", roles: ["mate"], rank: 2 });
    const gone = samplePerson({ person_id: "p3", name: "Al", rank: 1, active: false });
    app.handle = () => json(200, { people: [gone, mate, { ...dana, papers: [mmc] }] });
    open("/people");
    await says("1 expired");
    const rows = [...app.root.querySelectorAll("tbody tr")].map((row) => row.textContent ?? "");
    expect(rows[0]).toMatch(/^Dana Ortiz.*Expired Mar 1, 2020Not entered/);
    expect(rows[1]).toMatch(/^Tess.*No papers$/);
    expect(rows[2]).toMatch(/^Al Captain, rank 1 Not active/);
  });

  test("makes a person once, however often the button is pressed", async () => {
    let tries = 0;
    app.handle = (path, { method }) => {
      if (method !== "POST") return json(200, path === "/api/people" ? { people: [] } : {});
      return ++tries === 1 ? json(503, {}) : json(201, dana);
    };
    open("/people");
    await says("Nobody is on the list yet.");
    button("Add a person").click();
    await says("New person");
    await submit();
    await says("Give the person's name.");
    typeInto("Name", "Dana Ortiz");
    await submit();
    await says("Not saved. The server has a problem");
    await submit();
    await vi.waitFor(() => expect(dialog()).toBeNull());
    const keys = app.calls
      .filter(({ method }) => method === "POST")
      .map(({ init }) => new Headers(init.headers).get("Idempotency-Key"));
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });
});

describe("an edit", () => {
  test("sends only what was changed, with the version", async () => {
    await openPerson(() => json(200, { ...dana, phone: "+1 555 0110", version: 2 }));
    typeInto("Phone", "+1 555 0110");
    await submit();
    await vi.waitFor(() => expect(app.root.querySelector("tbody")?.textContent).toMatch("+1 555 0110"));
    expect(sent("PATCH")).toEqual([{ version: 1, phone: "+1 555 0110" }]);
    expect(dialog()).toBeNull();
  });

  test("that met another one keeps the typing, shows theirs, and is saved on top of it", async () => {
    const current: Person = { ...dana, version: 5, phone: "+1 555 0777", email: "theirs@example.com" };
    let conflict = true;
    await openPerson(() => {
      if (!conflict) return json(200, { ...current, version: 6 });
      conflict = false;
      return json(409, { Code: "Conflict", Message: "Somebody changed this person meanwhile.", current });
    });
    typeInto("Email", "mine@example.com");
    await submit();
    await says("Changed by somebody else meanwhile:");
    expect(text()).toMatch("Email: theirs@example.com (yours is kept)");
    expect(text()).toMatch("Phone: +1 555 0777 (taken over)");
    await submit();
    await vi.waitFor(() => expect(dialog()).toBeNull());
    expect(sent("PATCH").at(-1)).toEqual({ version: 5, email: "mine@example.com" });
  });

  test("to inactive is refused while charters name the person, with the way to each", async () => {
    const events = [
      { event_id: "e1", title: "Sunset sail", starts_at: "2026-12-01T18:00:00Z", ends_at: "2026-12-01T20:00:00Z" },
    ];
    await openPerson(() => json(409, { Code: "InUse", Message: "This person is planned for “Sunset sail”.", events }));
    button("Charters can be planned with this personWithout this they are kept, and not offered.").click();
    await submit();
    await says("This person is planned for");
    expect(button("Sunset sail").getAttribute("href")).toBe("/events/e1");
    expect(sent("PATCH")).toEqual([{ version: 1, active: false }]);
  });
});

test("a private link is replaced only after a warning, and the new one shows", async () => {
  await openPerson(() => json(200, { ...dana, page_url: "https://example.com/c/p-2" }));
  button("New link…").click();
  await says("The link before stops working at once.");
  expect(sent("POST")).toEqual([]);
  await settled();
  button("Make a new link").click();
  const link = () => app.root.querySelector<HTMLInputElement>(".link-text")?.value;
  await vi.waitFor(() => expect(link()).toBe("https://example.com/c/p-2"));
  expect(app.calls.filter(({ method }) => method !== "GET").map(({ path }) => path)).toEqual([
    "/api/people/person-1/new-link",
  ]);
});

test("a boat tells its turnaround, and its dialog the address of its calendar", async () => {
  const boat = sampleBoat({ turnaround_minutes: 60, kind: "inspected" });
  app.handle = (path) =>
    path === "/api/boats"
      ? json(200, { boats: [boat] })
      : json(200, {
          calendars: [
            { kind: "desk", boat_id: null, name: "Desk", url: "https://example.com/c/d.ics" },
            { kind: "boat", boat_id: "boat-1", name: "Wanderer", url: "https://example.com/c/b.ics" },
          ],
        });
  open("/boats");
  await says("60 min between charters");
  button("Wanderer").click();
  await vi.waitFor(() =>
    expect(app.root.querySelector<HTMLInputElement>(".link-text")?.value).toBe("https://example.com/c/b.ics"),
  );
});

test("the settings are saved as a whole, with the ways to pay", async () => {
  const settings = {
    operator_name: "Bay Sailing",
    operator_phone: "",
    operator_email: "desk@example.com",
    pay_to: [{ method: "zelle", text: "pay@example.com" }],
    guest_place_url: "",
    deposit_percent: 50,
    money_before_departure: "none",
    crew_before_departure: false,
    captain_first: true,
    version: 0,
  };
  app.handle = (path, { method, body }) => {
    if (method === "PUT") return json(200, { ...JSON.parse(String(body)), version: 1 });
    return json(200, path === "/api/settings" ? settings : { calendars: [] });
  };
  open("/settings");
  await says("How guests pay");
  typeInto("Deposit, percent of the fee", "101");
  await submit();
  await says("A whole number from 0 to 100.");
  expect(sent("PUT")).toEqual([]);
  typeInto("Deposit, percent of the fee", "30");
  button("Add a way to pay").click();
  await submit();
  await says("Say how, or remove it.");
  button("Remove way to pay 2").click();
  await submit();
  await says("The settings are saved.");
  expect(sent("PUT")).toEqual([{ ...settings, deposit_percent: 30 }]);
});
