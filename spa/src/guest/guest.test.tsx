import { render } from "preact";
import { describe, expect, test, vi } from "vitest";
import * as session from "../data/session";
import { json, later, setUpApp, soon } from "../testing/app";
import { keepWaiting } from "../waiver-page/waiting";

const app = setUpApp();
const { open, text, says, button } = app;

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
    app.handle = () => json(200, guest);
    open("/g/event-1");
    await says("Bring a hat.");
    expect(text()).toMatch("Ana R.");
    expect(button("Sign the waiver").getAttribute("href")).toBe("/g/event-1/waiver");
    expect(text()).not.toMatch(/Log payment|desk/);
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
