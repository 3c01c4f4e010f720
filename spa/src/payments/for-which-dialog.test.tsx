import { expect, test, vi } from "vitest";
import * as session from "../data/session";
import { charter, json, setUpApp } from "../testing/app";
import { sampleBalance, sampleCharter } from "../testing/samples";

const app = setUpApp();

const paid = sampleCharter({
  ...charter,
  event_id: "event-2",
  title: "Harbor breakfast",
  balance: sampleBalance({ balance_due_cents: 0 }),
});

async function tapLogPayment() {
  session.begin("t1", false);
  app.open("/");
  await app.says("Harbor breakfast");
  app.root.querySelector<HTMLButtonElement>(".pay-tab")?.click();
  await app.says("Find the charter");
}

const offered = () =>
  [...app.dialog().querySelectorAll(".choose-charter button")].map((one) => one.querySelector("span")?.textContent);

test("Log payment below a phone's page asks for which charter, the likely one first, and opens its dialog", async () => {
  app.handle = () => json(200, { events: [paid, charter], next_cursor: null });
  await tapLogPayment();
  await vi.waitFor(() => expect(offered()).toEqual(["Sunset sail", "Harbor breakfast"]));
  app.dialog().querySelector<HTMLButtonElement>(".choose-charter button")?.click();
  await app.says("How was it paid?");
  expect(app.dialog().textContent).toMatch(/Sunset sail\$1,200.00 due/);
});

test("without a network it offers the charters that the device knows, also by name", async () => {
  app.handle = () => json(200, { events: [paid, charter], next_cursor: null });
  session.begin("t1", false);
  app.open("/");
  await app.says("Harbor breakfast");
  app.handle = () => Promise.reject(new TypeError("no network"));
  app.root.querySelector<HTMLButtonElement>(".pay-tab")?.click();
  await vi.waitFor(() => expect(offered()).toEqual(["Sunset sail", "Harbor breakfast"]));
  app.type(".dialog input", "breakfast");
  await vi.waitFor(() => expect(offered()).toEqual(["Harbor breakfast"]));
});

test("an operator without a charter is told where to create one", async () => {
  app.handle = () => json(200, { events: [], next_cursor: null });
  session.begin("t1", false);
  app.open("/");
  await app.says("No charter is planned.");
  app.root.querySelector<HTMLButtonElement>(".pay-tab")?.click();
  await app.says("There is no charter around this day. Find one by its name, or create it on the board.");
});
