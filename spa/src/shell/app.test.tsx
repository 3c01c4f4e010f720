import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forgetBoard } from "../data/board";
import { forgetCharters } from "../data/charters";
import { outbox } from "../data/device-outbox";
import * as session from "../data/session";
import { pathname } from "../lib/router";
import { closePaymentDialog } from "../payments/payment-dialog";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { keepWaiting } from "../waiver-page/waiting";
import { App } from "./app";
import { Desk } from "./desk";

type Handler = (path: string, init: RequestInit) => Response | Promise<Response>;

let root: HTMLElement;
let handle: Handler;
let loadDesk: () => Promise<typeof Desk>;
const calls: { method: string; path: string; init: RequestInit }[] = [];

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  calls.length = 0;
  loadDesk = async () => Desk;
  handle = () => json(404, { Code: "NotFound", Message: "Unknown." });
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    calls.push({ method: init.method ?? "GET", path, init });
    return handle(path, init);
  });
});

afterEach(() => {
  render(null, root);
  closePaymentDialog();
  forgetBoard();
  forgetCharters();
  session.leave();
});

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

function open(path: string): void {
  window.history.replaceState(null, "", path);
  pathname.value = path;
  render(<App loadDesk={loadDesk} />, root);
}

const text = () => (root.textContent ?? "").replace(/\s+/g, " ");
const says = (words: string | RegExp) => vi.waitFor(() => expect(text()).toMatch(words));
const button = (name: string, within = root) => {
  const found = [...within.querySelectorAll<HTMLElement>("button, label, a")].find(
    (element) => (element.getAttribute("aria-label") ?? element.textContent ?? "").trim() === name,
  );
  if (!found) throw new Error(`no ${name} in: ${text()}`);
  return found;
};
const dialog = () => root.querySelector("dialog") as HTMLElement;
/** Waits first, as a person would, for what was typed to be on the page. */
const submit = async () => {
  await settled();
  root
    .querySelector("form")
    ?.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
};
const type = (selector: string, value: string) => {
  const input = root.querySelector<HTMLInputElement>(selector);
  if (!input) throw new Error(`no ${selector}`);
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

const soon = new Date(Date.now() + 3 * 3_600_000).toISOString();
const later = new Date(Date.now() + 7 * 3_600_000).toISOString();
const charter = sampleCharter({ starts_at: soon, ends_at: later });

describe("the password screen", () => {
  test("asks for a code where the desk has a second factor, and remembers to ask", async () => {
    handle = (path, init) => {
      if (path !== "/api/login") return json(200, { events: [], next_cursor: null });
      const { code } = JSON.parse(String(init.body)) as { code?: string };
      if (code === "123456") return json(200, { token: "t1", role: "admin", expires_at: soon });
      return json(401, { Code: "CodeNeeded", Message: "That password or code is not right." });
    };
    open("/");
    await says("Dispatch");
    expect(root.querySelector("input[name=code]")).toBeNull();
    type("input[type=password]", "a long enough password");
    await submit();
    await says("Check the password and enter the code.");
    type("input[name=code]", "000000");
    await submit();
    await says("Password or code is wrong.");
    type("input[name=code]", "123456");
    await submit();
    await says("No charter is planned.");
    render(null, root);
    session.leave();
    open("/");
    await says("Dispatch");
    expect(root.querySelector("input[name=code]")).not.toBeNull();
    session.rememberCode(false);
  });

  test("comes first, and nothing is asked of the server before", async () => {
    open("/");
    await says("Dispatch");
    expect(calls).toEqual([]);
  });

  test("opens the board, and keeps the token for this tab", async () => {
    handle = (path) =>
      path === "/api/login"
        ? json(200, { token: "t1", role: "admin", expires_at: soon })
        : json(200, { events: [charter], next_cursor: null });
    open("/");
    await says("Dispatch");
    type("input[type=password]", "a long enough password");
    await submit();
    await says("Next departure");
    expect(text()).toMatch("Sunset sail");
    expect(text()).toMatch("Due $1,200");
    expect(text()).toMatch("Waivers 1/4");
    expect(localStorage.length).toBe(0);
    expect(JSON.parse(String(calls[0]?.init.body))).toEqual({ password: "a long enough password" });
  });

  test("says that the password is wrong, and how long to wait", async () => {
    open("/");
    await says("Dispatch");
    handle = () => json(401, { Code: "Unauthorized", Message: "No." });
    type("input[type=password]", "wrong");
    await submit();
    await says("The password is wrong.");
    handle = () => json(429, { Code: "TooMany", Message: "Slow." }, { "Retry-After": "42" });
    await submit();
    await says("try again in 42 s");
  });

  test("asks for a name only when the server wants one", async () => {
    open("/");
    await says("Dispatch");
    expect(root.querySelector("input[name=username]")).toBeNull();
    handle = () => json(400, { Code: "BadInput", Message: "No.", Fields: { name: "is required" } });
    type("input[type=password]", "password");
    await submit();
    await says("several admins");
    expect(root.querySelector("input[name=username]")).not.toBeNull();
  });
});

test("the desk that could not be fetched is said to be missing, and is fetched again", async () => {
  let signal = false;
  loadDesk = async () => (signal ? Desk : Promise.reject(new Error("no signal")));
  open("/");
  await says("This page could not be loaded.");
  signal = true;
  button("Try again").click();
  await says("Dispatch");
});

test("logging out ends the session on the server, and nothing stays on the page", async () => {
  handle = () => json(200, { events: [charter], next_cursor: null });
  session.begin("t1", true);
  open("/");
  await says("Sunset sail");
  handle = () => new Response(null, { status: 204 });
  button("Log out").click();
  await says("Dispatch");
  const call = calls.find(({ path }) => path === "/api/logout");
  expect(call?.init.headers).toMatchObject({ Authorization: "Bearer t1" });
  expect(text()).not.toMatch("Sunset sail");
  expect(localStorage.length + sessionStorage.length).toBe(0);
});

test("of a thousand charters the board shows fifty, and fifty more when asked", async () => {
  const events = Array.from({ length: 1000 }, (_, number) =>
    sampleCharter({
      event_id: `c${number}`,
      title: `Sail ${number}.`,
      starts_at: new Date(Date.now() + (number + 48) * 3_600_000).toISOString(),
      ends_at: new Date(Date.now() + (number + 49) * 3_600_000).toISOString(),
    }),
  );
  handle = () => json(200, { events, next_cursor: null });
  session.begin("t1", false);
  open("/");
  await says("Sail 0.");
  // The next departure stands before the list.
  const cards = () => root.querySelectorAll("article").length - 1;
  expect(cards()).toBe(50);
  expect(text()).not.toMatch("Sail 51.");
  button("Show more").click();
  await vi.waitFor(() => expect(cards()).toBe(100));
  const requests = calls.length;
  type("#search", "sail 99");
  await says("19 charters found.");
  expect(root.querySelectorAll("article").length).toBe(19);
  type("#search", "");
  await vi.waitFor(() => expect(cards()).toBe(100));
  expect(calls.length).toBe(requests);
});

test("the board shows more by its cursor, and the past when asked", async () => {
  const named = (event_id: string, title: string, days: number) =>
    sampleCharter({
      event_id,
      title,
      starts_at: new Date(Date.now() + days * 86_400_000).toISOString(),
      ends_at: new Date(Date.now() + days * 86_400_000 + 3_600_000).toISOString(),
    });
  handle = (path) => {
    const query = new URL(path, "http://desk").searchParams;
    if (query.has("to")) return json(200, { events: [named("c", "Old", -9)], next_cursor: null });
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

describe("logging a payment", () => {
  const list = () => json(200, { events: [charter], next_cursor: null });

  async function openDialog() {
    session.begin("t1", false);
    open("/");
    await says("Log payment");
    button("Log payment for Sunset sail").click();
    await says("How was it paid?");
  }

  test("takes three taps", async () => {
    handle = (path, init) => {
      if (init.method !== "PUT") return list();
      const payment_id = path.split("/").at(-1) ?? "";
      const request = JSON.parse(String(init.body));
      return json(201, {
        payment: samplePayment({ payment_id, ...request }),
        event: { ...charter, balance: sampleBalance({ balance_due_cents: 0 }) },
      });
    };
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("Paid");
    const put = calls.find(({ method }) => method === "PUT");
    expect(put?.path).toMatch(
      /^\/api\/events\/event-1\/payments\/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(JSON.parse(String(put?.init.body))).toMatchObject({
      amount_cents: 120_000,
      method: "cash",
      kind: "balance",
      notify: true,
    });
    await says("Saved: $1,200.00 for Sunset sail.");
    await vi.waitFor(() => expect(root.querySelector("dialog")).toBeNull());
  });

  test("says at its fields what is wrong, and sends nothing", async () => {
    handle = list;
    await openDialog();
    type(".amount", "12,50");
    await submit();
    await says("Choose how it was paid.");
    expect(text()).toMatch("Write cents after a point");
    expect(root.querySelector(".amount")?.getAttribute("aria-invalid")).toBe("true");
    expect(calls.some(({ method }) => method === "PUT")).toBe(false);
  });

  test("shows what the server refuses, and the second try is the same payment", async () => {
    let tries = 0;
    handle = (path, init) => {
      if (init.method !== "PUT") return list();
      tries += 1;
      if (tries === 1) {
        const Fields = { reference: "must not be empty for a check" };
        return json(400, { Code: "BadInput", Message: "Please correct.", Fields });
      }
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter });
    };
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=check]")?.click();
    await submit();
    await says("Must not be empty for a check.");
    await submit();
    await vi.waitFor(() => expect(root.querySelector("dialog")).toBeNull());
    const paths = calls.filter(({ method }) => method === "PUT").map(({ path }) => path);
    expect(paths[0]).toBe(paths[1]);
  });

  test("offline shows it as not sent yet, and sends it when the server answers again", async () => {
    let offline = true;
    handle = (path, init) => {
      if (init.method !== "PUT") return list();
      if (offline) throw new TypeError("Failed to fetch");
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter });
    };
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says(/\$1,200.00 cash: not sent yet. Waiting since .+ The server cannot be reached./);
    await says(/1 not sent yet: \$1,200.00 cash for Sunset sail, since \d/);
    offline = false;
    await outbox.flush();
    await settled();
    expect(text()).not.toMatch("cash: not sent yet");
  });

  test("with a stale session keeps the payment, asks to log in, then sends it", async () => {
    let stale = true;
    handle = (path, init) => {
      if (path === "/api/login") return json(200, { token: "t2", role: "admin", expires_at: soon });
      if (init.method !== "PUT") return list();
      if (stale) return json(401, { Code: "Unauthorized", Message: "Please log in." });
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter });
    };
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("Please log in again");
    expect(outbox.entries.value).toHaveLength(1);
    stale = false;
    session.begin("t2", false);
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
    await vi.waitFor(() => expect(root.querySelector("dialog")).toBeNull());
  });

  describe("that looks like one that is there", () => {
    const first = samplePayment({ payment_id: "first", recorded_by: "Ana" });
    const Message = "Ana logged $1,200.00 cash for this charter 4 minutes ago.";
    const question = { Code: "PossibleDuplicate", Message, duplicate: first };

    const puts = () => calls.filter(({ method }) => method === "PUT");

    async function logTwice() {
      handle = (path, init) => {
        if (path === "/api/events/event-1") {
          return json(200, { ...charter, payments: [first], waiver_records: [] });
        }
        if (init.method !== "PUT") return list();
        const payment_id = path.split("/").at(-1) ?? "";
        const { duplicate_of } = JSON.parse(String(init.body));
        return duplicate_of
          ? json(201, { payment: samplePayment({ payment_id }), event: charter })
          : json(409, question);
      };
      await openDialog();
      root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
      await says(/Is this a second payment\?\$1,200.00 cash was logged .* by Ana on .*Jul 1/);
    }

    test("is sent again under its id when it is a second one", async () => {
      await logTwice();
      button("It is a second payment: log it too", dialog()).click();
      await vi.waitFor(() => expect(root.querySelector("dialog")).toBeNull());
      const [one, two] = puts();
      expect(two?.path).toBe(one?.path);
      expect(JSON.parse(String(one?.init.body))).toMatchObject({ ask_if_duplicate: true });
      expect(JSON.parse(String(two?.init.body))).toMatchObject({ duplicate_of: "first" });
      expect(outbox.entries.value).toEqual([]);
    });

    test("is forgotten when it is the same", async () => {
      await logTwice();
      button("Same payment: discard this one", dialog()).click();
      await says("Discarded: $1,200.00 cash. The first one stands.");
      expect(root.querySelector("dialog")).toBeNull();
      expect(puts()).toHaveLength(1);
      expect(outbox.entries.value).toEqual([]);
    });

    test("is asked about on its card when the dialog was closed without an answer", async () => {
      await logTwice();
      button("Close").click();
      await says("$1,200.00 cash: is it a second payment?");
      await says("1 may be logged already: $1,200.00 cash for Sunset sail");
      button("It is a second payment: log it too").click();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
      expect(puts()).toHaveLength(2);
    });
  });

  test("that was refused is discarded only after a question", async () => {
    handle = (_, init) =>
      init.method === "PUT" ? json(409, { Code: "Conflict", Message: "It is taken." }) : list();
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("Not saved. It is taken.");
    button("Cancel").click();
    await says("$1,200.00 cash: not accepted.");
    button("Discard…").click();
    await says("Discard $1,200.00 cash?");
    button("Keep").click();
    await settled();
    expect(outbox.entries.value).toHaveLength(1);
    button("Discard…").click();
    await says("Discard $1,200.00 cash?");
    button("Discard", dialog()).click();
    await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
  });

  test("after the browser has closed waits for the login, which says so", async () => {
    handle = (_, init) => {
      if (init.method === "PUT") throw new TypeError("Failed to fetch");
      return list();
    };
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("not sent yet. Waiting since");
    await says("The server cannot be reached.");
    session.leave();
    await says("1 payment on this device is not sent yet. Log in and it is sent.");
    const [entry] = outbox.entries.value;
    const payment = samplePayment({ payment_id: entry?.payment_id ?? "" });
    handle = (_, init) => (init.method === "PUT" ? json(201, { payment, event: charter }) : list());
    session.begin("t2", false);
    await outbox.flush();
    await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
  });

  test("that was a replay is read again", async () => {
    handle = (path, init) => {
      if (path === "/api/events/event-1") {
        const now = sampleCharter({ ...charter, balance: sampleBalance({ balance_due_cents: 0 }) });
        return json(200, { ...now, payments: [], waiver_records: [] });
      }
      if (init.method !== "PUT") return list();
      const payment_id = path.split("/").at(-1) ?? "";
      const body = { payment: samplePayment({ payment_id }), event: charter };
      return json(200, body, { "Idempotency-Replayed": "true" });
    };
    await openDialog();
    root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await vi.waitFor(() =>
      expect(root.querySelector(".card .badge-good")?.textContent).toBe("Paid"),
    );
  });
});

test("without a connection the last known board stays, with its time", async () => {
  handle = () => json(200, { events: [charter], next_cursor: null });
  session.begin("t1", false);
  open("/");
  await says("Next departure");
  handle = () => {
    throw new TypeError("Failed to fetch");
  };
  render(null, root);
  open("/");
  await says(/As of \d+:\d\d [AP]M, no connection./);
  expect(text()).toMatch("Sunset sail");
  handle = () => json(200, { events: [charter], next_cursor: null });
  window.dispatchEvent(new Event("online"));
  await vi.waitFor(() => expect(text()).not.toMatch("no connection"));
});

describe("guests", () => {
  const guest = {
    event_id: "event-1",
    title: "Sunset sail",
    starts_at: soon,
    ends_at: later,
    timezone: "America/New_York",
    vessel: "Wanderer",
    departure_port: "Newport",
    return_port: "Newport",
    guest_notes: "Bring a hat.",
    status: "scheduled",
    party_size: 4,
    operator: { name: "Bay Charters", phone: "+1 555 0100", email: "hello@example.com" },
    waiver_url: "/g/event-1/waiver",
    waivers: { signed: 1, expected: 4, signers: ["Ana R."] },
  };

  test("see when, where, what to bring, who has signed, and where to sign", async () => {
    handle = () => json(200, guest);
    open("/g/event-1");
    await says("Bring a hat.");
    expect(text()).toMatch("Ana R.");
    expect(button("Sign the waiver").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(text()).not.toMatch(/Log payment|desk/);
  });

  test("never make the app ask for what admins see, even where one is logged in", async () => {
    session.begin("t1", false);
    handle = () => json(200, guest);
    const fetchDesk = vi.fn(loadDesk);
    loadDesk = fetchDesk;
    open("/g/event-1");
    await says("Bring a hat.");
    expect(fetchDesk).not.toHaveBeenCalled();
    expect(calls.map(({ path }) => path)).toEqual(["/api/guest/event-1"]);
    expect(calls[0]?.init.headers).not.toHaveProperty("Authorization");
  });

  test("are told that a charter is cancelled, and are not asked to sign", async () => {
    handle = () => json(200, { ...guest, status: "cancelled" });
    open("/g/event-1");
    await says("This charter is cancelled.");
    expect(text()).not.toMatch("Sign the waiver");
  });

  test("find the waiver after the charter too, for it may be open for one more day", async () => {
    handle = () =>
      json(200, { ...guest, starts_at: "2026-01-01T10:00:00Z", ends_at: "2026-01-01T12:00:00Z" });
    open("/g/event-1");
    await says("This charter is over.");
    expect(button("Waiver").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(text()).not.toMatch("Sign the waiver");
  });

  test("learn that a signature still waits on their phone, and where it is sent", async () => {
    const waiting = { id: "left", fingerprint: "", body: "", at_ms: Date.now() };
    handle = () => json(200, guest);
    open("/g/event-1");
    await says("Bring a hat.");
    expect(text()).not.toMatch("not sent yet");
    render(null, root);
    keepWaiting("/g/event-2/waiver", waiting);
    keepWaiting("/g/event-1/waiver", waiting);
    open("/g/event-1");
    await says("A signature is kept on this phone and not sent yet.");
    expect(button("Send it now").getAttribute("href")).toBe("/g/event-1/waiver");
  });

  test("with a wrong link get a friendly answer", async () => {
    open("/g/nope");
    await says("This charter link is not known.");
  });

  test("get the truth and a second try when loading fails", async () => {
    handle = () =>
      new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } });
    open("/g/event-1");
    await says("Your charter could not be loaded.");
    expect(text()).toMatch("did not come from the booking server");
    handle = () => json(200, guest);
    button("Try again").click();
    await says("Bring a hat.");
  });
});

describe("the waiver's address", () => {
  test("is left by a full navigation, once", async () => {
    const replace = vi.spyOn(window.location, "replace").mockImplementation(() => {});
    open("/g/event-1/waiver");
    await says("Taking you to the waiver");
    await vi.waitFor(() => expect(replace).toHaveBeenCalledWith("/g/event-1/waiver"));
    expect(calls).toEqual([]);
    render(null, root);
    open("/g/event-1/waiver");
    await says("The waiver did not open");
    expect(replace).toHaveBeenCalledOnce();
  });
});

test("an unknown path is told so inside the app", async () => {
  open("/no/such/page");
  await says("There is nothing at this address.");
});
