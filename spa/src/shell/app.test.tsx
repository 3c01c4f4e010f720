import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keepCharters } from "../data/charters";
import * as session from "../data/session";
import { charter, json, setUpApp, soon } from "../testing/app";
import { sampleBalance, sampleCharter } from "../testing/samples";
import { Desk } from "./desk";

const app = setUpApp();
const { open, text, says, button, dialog, submit, type } = app;
const loggedIn = { token: "t1", role: "admin", expires_at: soon, device: "d1" };

describe("the password screen", () => {
  test("asks for a code where the desk has a second factor, and remembers to ask", async () => {
    app.handle = (path, init) => {
      if (path !== "/api/login") return json(200, { events: [], next_cursor: null });
      const { code } = JSON.parse(String(init.body)) as { code?: string };
      if (code === "123456") return json(200, loggedIn);
      return json(401, { Code: "CodeNeeded", Message: "That password or code is not right." });
    };
    open("/");
    await says("Dispatch");
    expect(app.root.querySelector("input[name=code]")).toBeNull();
    type("input[type=password]", "a long enough password");
    await submit();
    await says("Check the password and enter the code.");
    type("input[name=code]", "000000");
    await submit();
    await says("Password or code is wrong.");
    type("input[name=code]", "123456");
    await submit();
    await says("No charter is planned.");
    render(null, app.root);
    session.leave();
    open("/");
    await says("Dispatch");
    expect(app.root.querySelector("input[name=code]")).not.toBeNull();
    session.rememberCode(false);
  });

  test("comes first, and nothing is asked of the server before", async () => {
    open("/");
    await says("Dispatch");
    expect(app.calls).toEqual([]);
  });

  test("opens the board, and keeps the token for this tab", async () => {
    app.handle = (path) =>
      path === "/api/login" ? json(200, loggedIn) : json(200, { events: [charter], next_cursor: null });
    open("/");
    await says("Dispatch");
    type("input[type=password]", "a long enough password");
    await submit();
    await says("Next departure");
    expect(text()).toMatch("Sunset sail");
    expect(text()).toMatch("Due $1,200");
    expect(text()).toMatch("1 of 4 signed");
    expect(JSON.stringify({ ...localStorage })).not.toMatch("t1");
    expect(JSON.parse(String(app.calls[0]?.init.body))).toEqual({ password: "a long enough password" });
  });

  test("tells that this admin has logged in on this device before, also after logging out", async () => {
    const sent: unknown[] = [];
    app.handle = (path, init) => {
      if (path !== "/api/login") return json(200, { events: [], next_cursor: null });
      sent.push(JSON.parse(String(init.body)));
      return json(200, loggedIn);
    };
    for (let time = 0; time < 2; time++) {
      open("/");
      await says("Dispatch");
      type("input[type=password]", "a long enough password");
      await submit();
      await says("No charter is planned.");
      render(null, app.root);
      session.leave();
    }
    expect(sent).toEqual([
      { password: "a long enough password" },
      { password: "a long enough password", device: "d1" },
    ]);
    expect(session.readDevice("ben")).toBe("");
  });

  test("says that the password is wrong, and how long to wait", async () => {
    open("/");
    await says("Dispatch");
    app.handle = () => json(401, { Code: "Unauthorized", Message: "No." });
    type("input[type=password]", "wrong");
    await submit();
    await says("The password is wrong.");
    app.handle = () => json(429, { Code: "TooMany", Message: "Slow." }, { "Retry-After": "42" });
    await submit();
    await says("try again in 42 s");
  });

  test("asks for a name only when the server wants one", async () => {
    open("/");
    await says("Dispatch");
    expect(app.root.querySelector("input[name=username]")).toBeNull();
    app.handle = () => json(400, { Code: "BadInput", Message: "No.", Fields: { name: "is required" } });
    type("input[type=password]", "password");
    await submit();
    await says("several admins");
    expect(app.root.querySelector("input[name=username]")).not.toBeNull();
  });
});

test("the desk that could not be fetched is said to be missing, and is fetched again", async () => {
  let signal = false;
  app.loadDesk = async () => (signal ? Desk : Promise.reject(new Error("no signal")));
  open("/");
  await says("This page could not be loaded.");
  signal = true;
  button("Try again").click();
  await says("Dispatch");
});

test("logging out ends the session on the server, and nothing stays on the page", async () => {
  app.handle = () => json(200, { events: [charter], next_cursor: null });
  session.begin("t1", true);
  open("/");
  await says("Next departure");
  app.handle = () => new Response(null, { status: 204 });
  button("Log out").click();
  await says("Dispatch");
  const call = app.calls.find(({ path }) => path === "/api/logout");
  expect(call?.init.headers).toMatchObject({ Authorization: "Bearer t1" });
  expect(text()).not.toMatch("Sunset sail");
  expect(localStorage.length + sessionStorage.length).toBe(0);
});

test("of a thousand charters the board shows 25, as many more when asked, and never more than a phone can bear", async () => {
  const events = Array.from({ length: 1000 }, (_, number) =>
    sampleCharter({
      event_id: `c${number}`,
      title: `Sail ${number}.`,
      starts_at: new Date(Date.now() + (number + 48) * 3_600_000).toISOString(),
      ends_at: new Date(Date.now() + (number + 49) * 3_600_000).toISOString(),
    }),
  );
  app.handle = () => json(200, { events, next_cursor: null });
  session.begin("t1", false);
  open("/");
  await says("Sail 0.");
  // The next departure stands before the list.
  const cards = () => app.root.querySelectorAll("article").length - 1;
  expect(cards()).toBe(25);
  expect(text()).not.toMatch("Sail 26.");
  button("Show more").click();
  await vi.waitFor(() => expect(cards()).toBe(50));
  for (const last of [75, 100, 125, 150]) {
    button("Show more").click();
    await says(`Sail ${last}.`);
    await vi.waitFor(() => button("Show more"));
  }
  expect(cards()).toBe(100);
  expect(text()).not.toMatch("Sail 50.");
  button("Show those before").click();
  await says("Sail 50.");
  expect(text()).not.toMatch(/Sail 150\.|Sail 25\./);
  expect(cards()).toBe(100);
  type("#search", "sail 99");
  await says("19 charters found.");
  expect(app.root.querySelectorAll("article").length).toBe(19);
  type("#search", "");
  await vi.waitFor(() => expect(cards()).toBe(25));
});

test("a charter that has departed before its time is told as departed on the board", async () => {
  const starts_at = new Date(Date.now() + 5 * 3_600_000).toISOString();
  const ends_at = new Date(Date.now() + 8 * 3_600_000).toISOString();
  const departed = sampleCharter({ starts_at, ends_at, status: "departed" });
  app.handle = () => json(200, { events: [departed], next_cursor: null });
  session.begin("t1", false);
  open("/");
  await says("Departed");
  expect(text()).not.toMatch(/Departs|Next departure/);
});
/** A charter so many days from now. */
const named = (event_id: string, title: string, days: number, change = {}) =>
  sampleCharter({
    event_id,
    title,
    starts_at: new Date(Date.now() + days * 86_400_000).toISOString(),
    ends_at: new Date(Date.now() + days * 86_400_000 + 3_600_000).toISOString(),
    ...change,
  });
const paid = { balance: sampleBalance({ balance_due_cents: 0 }) };

test("the board shows more by its cursor, and the past when asked", async () => {
  app.handle = (path) => {
    const query = new URL(path, "http://desk").searchParams;
    if (query.has("q")) return json(200, { events: [], next_cursor: null });
    if (query.has("to")) return json(200, { events: [named("c", "Old", -9, paid)], next_cursor: null });
    return query.get("cursor") === "next"
      ? json(200, { events: [named("b", "Far", 40)], next_cursor: null })
      : json(200, { events: [named("a", "Near", 3)], next_cursor: "next" });
  };
  session.begin("t1", false);
  open("/");
  await says("Near");
  expect(text()).not.toMatch(/Far|Old/);
  button("Show more").click();
  await says("Far");
  expect(text()).not.toMatch("Show more");
  button("Show past charters").click();
  await says("Old");
  type("#search", "old");
  await says("1 charter found.");
  expect(text()).not.toMatch("Near");
});

test("the past stays in sight however often more of it is asked for", async () => {
  let asked = 0;
  app.handle = (path) => {
    const query = new URL(path, "http://desk").searchParams;
    if (!query.has("to")) return json(200, { events: [named("a", "Near", 3)], next_cursor: null });
    asked += 1;
    return json(200, { events: [named(`old${asked}`, `Old ${asked}`, -9 * asked, paid)], next_cursor: null });
  };
  session.begin("t1", false);
  open("/");
  await says("Near");
  button("Show past charters").click();
  await says("Old 1");
  for (const next of [2, 3, 4, 5]) {
    button("Show earlier").click();
    await says(`Old ${next}`);
  }
  expect(text()).toMatch("Old 1");
  expect(text()).not.toMatch("Show those before");
});

test("what sailed and is not paid stands above the board, however long ago, and leads to who owes", async () => {
  const ago = (days: number) => new Date(Date.now() - days * 24 * 3_600_000).toISOString();
  const owed = (event_id: string, title: string, days: number) => ({
    ...{ event_id, title, patron: { name: "Tom", email: "", phone: "" }, timezone: "UTC", currency: "USD" },
    ...{ starts_at: ago(days), ends_at: ago(days), due_cents: 45_000, bucket: days > 0 ? "31-60" : "coming" },
  });
  const list = [
    owed("old", "Harvest sail", 400),
    owed("b", "Lesson", 40),
    owed("c", "Picnic", 9),
    owed("a", "Near", -3),
  ];
  app.handle = (path) => {
    if (path === "/api/receivables") return json(200, { charters: list, totals: {} });
    const isOfPast = path.includes("to=");
    return json(200, {
      events: [isOfPast ? named("c", "Picnic", -9, paid) : named("a", "Near", 3)],
      next_cursor: null,
    });
  };
  session.begin("t1", false);
  open("/");
  await says("Earlier, not paid");
  // Of who owes the list says it, whatever the list of past charters, from an index that lags, says.
  await says("3 charters, $1,350 owed");
  expect(text()).toMatch(/Lesson.*\$450 owed.*Picnic.*\$450 owed.*Next departure/);
  expect(button("Owed 4").getAttribute("href")).toBe("/payments/owed");
  expect(button("3 earlier charters are not paid $1,350").getAttribute("href")).toBe("/payments/owed");
  // What was paid here since is not owed, whatever the list said.
  keepCharters([named("c", "Picnic", -9, paid)]);
  await says("2 charters, $900 owed");
  expect(text()).toMatch(/Harvest sail.*\$450 owed.*Lesson.*\$450 owed.*Next departure/);
  expect(text()).not.toMatch("Picnic");
  expect(button("Owed 3").getAttribute("href")).toBe("/payments/owed");
});

test("the board does not wait long for who owes", async () => {
  app.handle = (path) =>
    path === "/api/receivables"
      ? new Promise(() => {})
      : json(200, { events: [named("a", "Near", 3)], next_cursor: null });
  session.begin("t1", false);
  open("/");
  await says("Near");
});

describe("the search", () => {
  test("asks the server for what is not loaded, past charters and guests by name", async () => {
    const asked: (string | null)[] = [];
    app.handle = (path) => {
      const query = new URL(path, "http://desk").searchParams;
      if (query.has("to")) return json(200, { events: [], next_cursor: null });
      if (!query.has("q")) return json(200, { events: [named("a", "Near", 3)], next_cursor: "more" });
      asked.push(query.get("q"));
      return json(200, {
        events: [named("old", "Regatta", -200, paid), named("far", "Picnic", 300)],
        next_cursor: null,
      });
    };
    session.begin("t1", false);
    open("/");
    await says("Near");
    type("#search", "Leila");
    await says("2 charters found.");
    expect(text()).toMatch(/Picnic.*Regatta/);
    expect(text()).not.toMatch(/Near|Show/);
    expect(asked).toEqual(["Leila"]);
    type("#search", "");
    await says("Near");
    expect(text()).not.toMatch(/Picnic|Regatta/);
  });

  test("goes on in what is loaded when the server cannot be asked, and says so", async () => {
    app.handle = (path) => {
      if (path.includes("q=")) throw new TypeError("Failed to fetch");
      return json(200, { events: [named("a", "Near", 3)], next_cursor: null });
    };
    session.begin("t1", false);
    open("/");
    await says("Near");
    type("#search", "near");
    await says("1 charter found. Those that were not shown before could not be searched.");
  });
});

describe("keys", () => {
  const press = (key: string, options = {}) => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options }));
  };
  const focused = () => document.activeElement?.textContent;

  beforeEach(async () => {
    const rows = [named("a", "First", 3), named("b", "Second", 4), named("c", "Third", 5)];
    const known = { events: rows, next_cursor: null, boats: [], people: [], patrons: [] };
    app.handle = () => json(200, known);
    session.begin("t1", false);
    open("/");
    await says("Third");
    (document.activeElement as HTMLElement | null)?.blur();
  });
  afterEach(() => localStorage.clear());

  test("go from the search to the rows and from row to row", () => {
    press("/");
    expect(document.activeElement?.id).toBe("search");
    press("ArrowDown");
    expect(focused()).toBe("First");
    press("ArrowDown");
    press("ArrowDown");
    expect(focused()).toBe("Third");
    press("ArrowDown");
    expect(focused()).toBe("Third");
    press("ArrowUp");
    expect(focused()).toBe("Second");
  });

  test("open the form of a new charter, which is fetched then", async () => {
    press("n");
    await says("Create charter");
    expect(dialog().textContent).toMatch("New charter");
  });

  test("are what is typed in a field, and do nothing beside a dialog or with Ctrl", async () => {
    app.root.querySelector<HTMLInputElement>("#search")?.focus();
    press("n");
    (document.activeElement as HTMLElement).blur();
    press("n", { ctrlKey: true });
    press("?");
    await says("Single keys act on this device");
    press("n");
    expect(app.root.querySelectorAll("dialog")).toHaveLength(1);
    expect(text()).not.toMatch("Create charter");
  });

  test("are switched off on a device that hears speech", async () => {
    button("Keys").click();
    await says("Single keys act on this device");
    app.root.querySelector<HTMLInputElement>("dialog input[type=checkbox]")?.click();
    button("Close").click();
    await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
    press("?");
    press("/");
    expect(document.activeElement?.id).not.toBe("search");
    expect(app.root.querySelector("dialog")).toBeNull();
  });
});

test("without a connection the last known board stays, with its time", async () => {
  app.handle = () => json(200, { events: [charter], next_cursor: null });
  session.begin("t1", false);
  open("/");
  await says("Next departure");
  app.handle = () => {
    throw new TypeError("Failed to fetch");
  };
  render(null, app.root);
  open("/");
  await says(/As of \d+:\d\d [AP]M, no connection./);
  expect(text()).toMatch("Sunset sail");
  app.handle = () => json(200, { events: [charter], next_cursor: null });
  window.dispatchEvent(new Event("online"));
  await vi.waitFor(() => expect(text()).not.toMatch("no connection"));
});

test("an unknown path is told so inside the app", async () => {
  open("/no/such/page");
  await says("There is nothing at this address.");
});
