import { expect, test, vi } from "vitest";
import * as session from "../data/session";
import { charter, json, setUpApp } from "../testing/app";

const app = setUpApp();
const { open, says, button, submit } = app;
const renewed = { ...charter, guest_url: "https://example.com/g/renewed" };
const input = () => app.root.querySelector<HTMLInputElement>("#guest-link");

async function askForNewLink(): Promise<void> {
  session.begin("t1", false);
  app.handle = (path) =>
    json(
      200,
      path.endsWith("/guest-link") ? renewed : { ...charter, payments: [], mail_problems: [], waiver_records: [] },
    );
  open("/events/event-1");
  await says("Guest link");
  app.calls.length = 0;
  button("New guest link…").click();
  await says("The old link stops working at once,");
  await says("links in mails that were sent before lead nowhere");
}

test("a new guest link is made only after a question, then shown and copied", async () => {
  const copied = vi.fn();
  vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => copied(text) } });
  await askForNewLink();
  expect(app.calls).toEqual([]);
  await submit();
  await says("The old link leads nowhere now. The new one is copied.");
  expect(app.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/events/event-1/guest-link"]);
  expect(copied).toHaveBeenCalledWith(renewed.guest_url);
  expect(input()?.value).toBe(renewed.guest_url);
  expect(button("Open guest page").getAttribute("href")).toBe("/g/renewed");
  expect(app.root.querySelector("dialog")).toBeNull();
});

test("keeping the old link changes nothing", async () => {
  await askForNewLink();
  button("Keep this one").click();
  await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
  expect(app.calls).toEqual([]);
  expect(input()?.value).toBe(charter.guest_url);
});
