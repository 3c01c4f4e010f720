import { render } from "preact";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { GuestEvent } from "../data/contract";
import * as session from "../data/session";
import { query } from "../lib/browser/router";
import { json, later, settled, setUpApp, soon } from "../testing/app";
import { keepWaiting } from "../waiver-page/waiting";
import { chooseLanguage } from "./languages";

const app = setUpApp();
const { open, text, says, button } = app;

const guest: GuestEvent = {
  event_id: "event-1",
  title: "Sunset sail",
  starts_at: soon,
  ends_at: later,
  timezone: "America/New_York",
  vessel: "Wanderer",
  departure_port: "Newport",
  return_port: "Newport",
  guest_notes: "Bring a hat.",
  captain_first_name: "Dana",
  guest_place_url: "https://maps.example.com/?q=dock",
  pay_to: [
    { method: "zelle", text: "pay@bay.example" },
    { method: "bank_transfer", text: "IBAN 1234\nBay Charters" },
  ],
  status: "scheduled",
  party_size: 4,
  operator: { name: "Bay Charters", phone: "+1 555 0100", email: "hello@example.com" },
  waiver_url: "/g/event-1/waiver",
  waivers: { signed: 1, expected: 4, signers: ["Ana R."] },
};

afterEach(() => {
  query.value = "";
});

describe("guests", () => {
  test("see when, where, what to bring, who has signed, and where to sign", async () => {
    app.handle = () => json(200, guest);
    open("/g/event-1");
    await says("Bring a hat.");
    expect(text()).toMatch("Ana R.");
    expect(text()).toMatch("CaptainDana");
    expect(text()).toMatch("BoatWanderer");
    expect(text()).toMatch("Departs fromNewport");
    expect(text()).toMatch(/Zellepay@bay.example.*Bank transferIBAN 1234 Bay Charters/);
    expect(button("Map").getAttribute("href")).toBe("https://maps.example.com/?q=dock");
    expect(button("Call us").getAttribute("href")).toBe("tel:+15550100");
    expect(button("Text us").getAttribute("href")).toBe("sms:+15550100");
    expect(button("Sign the waiver").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(text()).not.toMatch(/Log payment|desk/);
  });

  test("see the operator's name in the header and in the title, and never ours", async () => {
    const ours = /ship captain crew/i;
    document.title = "Your charter";
    let answer = (_: Response) => {};
    app.handle = () => new Promise((resolve) => (answer = resolve));
    open("/g/event-1");
    await vi.waitFor(() => expect(app.calls.length).toBe(1));
    expect(document.title).toBe("Your charter");
    expect(app.root.innerHTML).not.toMatch(ours);
    answer(json(200, guest));
    await says("Bring a hat.");
    expect(app.root.querySelector("header")?.textContent).toBe("Bay Charters");
    expect(document.title).toBe("Sunset sail · Bay Charters");
    expect(app.root.innerHTML).not.toMatch(ours);
    render(null, app.root);
    app.handle = () => json(404, { Code: "NotFound", Message: "There is no such charter." });
    open("/g/other");
    await says("This charter link is not known.");
    expect(document.title).toBe("Off the chart");
    expect(app.root.innerHTML).not.toMatch(/ship captain crew|Bay Charters/i);
  });

  test("see no heading over nothing where the operator and the charter say little", async () => {
    const bare = { ...guest, vessel: "", departure_port: "", return_port: "", guest_notes: "", captain_first_name: "" };
    const operator = { name: "", phone: "", email: "" };
    app.handle = () => json(200, { ...bare, guest_place_url: "", pay_to: [], operator });
    open("/g/event-1");
    await says("Add to calendar");
    const headings = [...app.root.querySelectorAll("h2")].map((heading) => heading.textContent);
    expect(headings).toEqual(["Everybody aboard signs a waiver", "Where"]);
    render(null, app.root);
    app.handle = () => json(200, { ...bare, guest_place_url: "", pay_to: [], operator, status: "cancelled" });
    open("/g/event-1");
    await says("Questions? Ask us.");
    await vi.waitFor(() => expect(app.root.querySelectorAll("h2").length).toBe(0));
  });

  test("never make the app ask for what admins see, even where one is logged in", async () => {
    session.begin("t1", false);
    app.handle = () => json(200, guest);
    const fetchDesk = vi.fn(app.loadDesk);
    app.loadDesk = fetchDesk;
    open("/g/event-1");
    await says("Bring a hat.");
    expect(fetchDesk).not.toHaveBeenCalled();
    expect(app.calls.map(({ path }) => path)).toEqual(["/api/guest/event-1"]);
    expect(app.calls[0]?.init.headers).not.toHaveProperty("Authorization");
  });

  test("see the first names of very many, and how many more have signed", async () => {
    app.handle = () => json(200, { ...guest, waivers: { signed: 25, expected: 30, signers: ["Ana R.", "דוד ל."] } });
    open("/g/event-1");
    await says("Waivers signed: 25 of 30");
    await says("and 23 more");
  });

  test("see no names, and no call to be the first, where the server sends none", async () => {
    app.handle = () => json(200, { ...guest, status: "completed", waivers: { signed: 4, expected: 4, signers: [] } });
    open("/g/event-1");
    await says("Waivers signed: 4 of 4");
    expect(text()).not.toMatch(/more|Be the first/);
    render(null, app.root);
    app.handle = () => json(200, { ...guest, waivers: { signed: 0, expected: 4, signers: [] } });
    open("/g/event-1");
    await says("Nobody yet. Be the first.");
  });

  test("with a renewed link go on by that link, and find what waits under it", async () => {
    app.handle = () => json(200, { ...guest, waiver_url: "/g/renewed/waiver" });
    keepWaiting("/g/renewed/waiver", { id: "left", fingerprint: "", body: "", at_ms: Date.now() });
    open("/g/renewed");
    await says("A signature is kept on this phone and not sent yet.");
    expect(app.calls.map(({ path }) => path)).toEqual(["/api/guest/renewed"]);
    for (const name of ["Send it now", "Sign the waiver"]) {
      expect(button(name).getAttribute("href")).toBe("/g/renewed/waiver");
    }
    expect(text()).not.toMatch("Open this charter");
  });

  test("are told that a charter is cancelled, and are not asked to sign", async () => {
    app.handle = () => json(200, { ...guest, status: "cancelled" });
    open("/g/event-1");
    await says("This charter is cancelled.");
    expect(text()).not.toMatch("Sign the waiver");
  });

  test("find the waiver after the charter too, for it may be open for one more day", async () => {
    app.handle = () => json(200, { ...guest, starts_at: "2026-01-01T10:00:00Z", ends_at: "2026-01-01T12:00:00Z" });
    open("/g/event-1");
    await says("This charter is over.");
    expect(button("Waiver").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(text()).not.toMatch("Sign the waiver");
  });

  test("find the waiver, small, once the charter has departed: who comes late may still sign", async () => {
    app.handle = () => json(200, { ...guest, status: "departed", waivers: { signed: 4, expected: 4, signers: [] } });
    open("/g/event-1");
    await says("This charter has departed.");
    expect(button("Waiver").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(text()).not.toMatch(/Sign the waiver|Thank you/);
  });

  test("learn that a signature still waits on their phone, and where it is sent", async () => {
    const waiting = { id: "left", fingerprint: "", body: "", at_ms: Date.now() };
    app.handle = () => json(200, guest);
    open("/g/event-1");
    await says("Bring a hat.");
    expect(text()).not.toMatch("not sent yet");
    render(null, app.root);
    keepWaiting("/g/event-2/waiver", waiting);
    keepWaiting("/g/event-1/waiver", waiting);
    open("/g/event-1");
    await says("A signature is kept on this phone and not sent yet.");
    expect(button("Send it now").getAttribute("href")).toBe("/g/event-1/waiver");
  });

  test("are neither led to a cancelled charter nor asked to pay for it", async () => {
    app.handle = () => json(200, { ...guest, status: "cancelled" });
    open("/g/event-1");
    await says("Bring a hat.");
    expect(text()).not.toMatch(/Map|Add to calendar|How to pay/);
  });

  test("see the names of a crowd only when they ask for them", async () => {
    const names = (count: number) => Array.from({ length: count }, (_, number) => `Ana ${number}.`);
    for (const [count, isOpen] of [
      [6, true],
      [7, false],
    ] as const) {
      app.handle = () => json(200, { ...guest, waivers: { signed: count, expected: 30, signers: names(count) } });
      open("/g/event-1");
      await says(`Waivers signed: ${count} of 30`);
      expect(app.root.querySelector("details")?.open).toBe(isOpen);
      render(null, app.root);
    }
  });

  test("add the charter to their calendar as a file of it", async () => {
    app.handle = () => json(200, guest);
    open("/g/event-1");
    await says("Add to calendar");
    const saved: { name: string; url: string }[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, url: this.href });
    });
    const files: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((file) => {
      files.push(file as Blob);
      return "blob:made";
    });
    (button("Add to calendar") as HTMLButtonElement).dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await vi.waitFor(() => expect(saved).toEqual([{ name: "charter.ics", url: "blob:made" }]));
    expect(files[0]?.type).toBe("text/calendar");
    expect(await files[0]?.text()).toMatch("SUMMARY:Sunset sail (Wanderer)");
  });

  test("with a wrong link get a friendly answer", async () => {
    open("/g/nope");
    await says("This charter link is not known.");
  });

  test("get the truth and a second try when loading fails", async () => {
    app.handle = () => new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } });
    open("/g/event-1");
    await says("Your charter could not be loaded.");
    expect(text()).toMatch("did not come from the booking server");
    app.handle = () => json(200, guest);
    button("Try again").click();
    await says("Bring a hat.");
  });
});

describe("in Spanish", () => {
  const speak = (...languages: string[]) => vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  const inUtc = { ...guest, starts_at: "2030-11-28T17:00:00Z", ends_at: "2030-11-28T19:30:00Z", timezone: "UTC" };

  test("guests read the page whose browser asks for it, and it says so to screen readers", async () => {
    speak("fr-FR", "es-MX", "en");
    app.handle = () => json(200, inUtc);
    open("/g/event-1");
    await says("Al mandoDana");
    expect(document.documentElement.lang).toBe("es");
    for (const words of ["jueves, 28 de noviembre de 2030", "Cómo pagar", "Transferencia bancaria", "Sale deNewport"]) {
      expect(text()).toMatch(words);
    }
    expect(button("Firmar el documento").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(document.title).toBe("Sunset sail · Bay Charters");
    render(null, app.root);
    expect(document.documentElement.lang).toBe("en");
  });

  test("guests read it after a tap, go on so at the waiver, and come back to English the same way", async () => {
    app.handle = () => json(200, inUtc);
    open("/g/event-1");
    await says("Thursday, November 28, 2030");
    expect(button("Español").getAttribute("href")).toBe("?language=es");
    query.value = "?language=es";
    await says("jueves, 28 de noviembre de 2030");
    expect(button("Español").getAttribute("aria-current")).toBe("true");
    expect(button("Firmar el documento").getAttribute("href")).toBe("/g/event-1/waiver?language=es");
    query.value = "?language=en";
    await says("Thursday, November 28, 2030");
    expect(document.documentElement.lang).toBe("en");
  });

  test("nothing on the page stays English, whatever the charter's state", async () => {
    speak("es");
    const english =
      /\b(the|your|this|charter|waiver|signed|sign|call|where|when|boat|captain|pay|text|try|again|open)\b/i;
    session.begin("t1", false);
    keepWaiting("/g/event-1/waiver", { id: "left", fingerprint: "", body: "", at_ms: Date.now() });
    const many = { signed: 9, expected: 30, signers: ["Ana R."] };
    const answers = [
      json(200, { ...guest, title: "", guest_notes: "", waivers: many, return_port: "Bristol" }),
      json(200, { ...guest, title: "", guest_notes: "", waivers: { signed: 0, expected: 4, signers: [] } }),
      json(200, { ...guest, title: "", guest_notes: "", status: "cancelled" }),
      json(200, { ...guest, title: "", guest_notes: "", status: "departed" }),
      json(200, { ...guest, title: "", guest_notes: "", status: "completed" }),
      json(404, { Code: "NotFound", Message: "There is no such charter." }),
      json(500, {}),
      json(429, { Code: "TooManyTries", Message: "Too many tries." }),
      new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } }),
    ];
    for (const answer of answers) {
      app.handle = () => answer;
      open("/g/event-1");
      await vi.waitFor(() =>
        expect(app.root.querySelector("[aria-busy]") ?? app.root.querySelector("nav")).toBeTruthy(),
      );
      await vi.waitFor(() => expect(app.root.querySelector("[aria-busy]")).toBeNull());
      await settled();
      const labels = [...app.root.querySelectorAll("[aria-label]")].map((one) => one.getAttribute("aria-label"));
      expect(`${text()} ${labels.join(" ")}`.replace(/English|Bay Charters/g, "")).not.toMatch(english);
      render(null, app.root);
    }
  });
});

describe("the language", () => {
  test.each([
    ["", ["en-US", "es"], "en"],
    ["", ["es-419", "en"], "es"],
    ["", ["de", "fr"], "en"],
    ["", [], "en"],
    ["es", ["en"], "es"],
    ["en", ["es"], "en"],
    ["xx", ["es"], "es"],
    ["__proto__", [], "en"],
  ])("asked for as %j of a browser of %j is %s", (asked, browser, chosen) => {
    expect(chooseLanguage(asked, browser)).toBe(chosen);
  });
});

describe("the waiver's address", () => {
  test("is left by a full navigation, once", async () => {
    const replace = vi.spyOn(window.location, "replace").mockImplementation(() => {});
    open("/g/event-1/waiver");
    await says("Taking you to the waiver");
    await vi.waitFor(() => expect(replace).toHaveBeenCalledWith("/g/event-1/waiver"));
    expect(app.calls).toEqual([]);
    render(null, app.root);
    open("/g/event-1/waiver");
    await says("The waiver did not open");
    expect(replace).toHaveBeenCalledOnce();
  });
});
