import { beforeEach, expect, test, vi } from "vitest";
import type { Charter, Check } from "../../data/contract";
import * as session from "../../data/session";
import { json, charter as plain, setUpApp } from "../../testing/app";
import { sampleCheck, sampleManifest } from "../../testing/samples";

const app = setUpApp();
const { open, says, text, button, dialog, type } = app;
let charter: Charter;
let answers: Response[] = [];

beforeEach(() => {
  session.begin("t1", false);
  charter = { ...plain, payments: [], waiver_records: [], mail_problems: [] } as Charter;
  answers = [];
  app.handle = (path, { method }) => {
    if (method === "POST") return answers.shift() ?? json(500, {});
    return json(200, path.endsWith("/manifest") ? sampleManifest({ event_id: charter.event_id }) : charter);
  };
});

const ready = (state: Charter["readiness"]["state"], ...checks: Check[]) => {
  charter.readiness = { state, checks };
};
const posted = () =>
  app.calls.filter(({ method }) => method === "POST").map(({ path, init }) => [path, JSON.parse(String(init.body))]);

test("what blocks stands first with what to do about it, what is in order in one line", async () => {
  ready("blocked", sampleCheck("heads", "ok", "18, limit 22"), sampleCheck("money", "blocks", "Nothing is paid"));
  charter.readiness.checks.push(sampleCheck("briefing", "open", "Not yet"));
  open(`/events/${charter.event_id}`);
  await says("Ready to sail");
  expect(text()).toMatch(/Blocked ?1 of 3 done.*Payment: blocks.*Nothing is paid.*Log payment.*Safety briefing: open/);
  expect(text()).toMatch("Guests 18, limit 22");
  expect(button("Sail anyway Payment").getAttribute("href")).toBe(`/events/${charter.event_id}/manifest`);
  button("Log payment Payment").click();
  await says("Amount");
});

test("a briefing is marked as given where it is told that it is open", async () => {
  ready("open", sampleCheck("briefing", "open", "Not yet"));
  open(`/events/${charter.event_id}`);
  await says("Mark given");
  answers = [json(200, sampleManifest())];
  ready("ready", sampleCheck("briefing", "ok", "Given at 9:40 AM"));
  button("Mark given Safety briefing").click();
  await says("1 of 1 done");
  expect(posted()).toEqual([[`/api/events/${charter.event_id}/safety-briefing`, { done: true }]]);
});

test("what was waived stays with the charter that sailed", async () => {
  const waived = { by: "ana", at: "2026-07-04T20:50:00Z", reason: "paid at the dock" };
  charter.status = "departed";
  ready("departed", { ...sampleCheck("money", "waived", "Nothing is paid"), waived });
  open(`/events/${charter.event_id}`);
  await says("As it departed");
  expect(text()).toMatch(/Sailed anyway: paid at the dock \(ana, /);
  expect(() => button("Log payment Payment")).toThrow();
});

test("a refused departure asks why it sails anyway, check by check, and sends the reasons", async () => {
  const readiness = {
    state: "blocked",
    checks: [sampleCheck("money", "blocks", "Nothing is paid"), sampleCheck("boat_papers", "unknown", "No insurance")],
  };
  answers = [json(409, { Code: "NotReady", Message: "It is not ready to sail.", readiness }), json(200, charter)];
  open(`/events/${charter.event_id}/manifest`);
  await says("Depart…");
  button("Depart…").click();
  await says("Depart?");
  const submit = () =>
    dialog()
      .querySelector("form")
      ?.dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
  submit();
  await says("Payment: Nothing is paid");
  expect(dialog().textContent).not.toMatch("No insurance");
  await says("Sail anyway");
  submit();
  await says("Say why it sails all the same.");
  type("dialog input", " paid at the dock ");
  await vi.waitFor(() => expect(dialog().querySelector("input")?.value).toMatch("paid"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  submit();
  await says("The list is frozen and goes ashore by mail.");
  const path = `/api/events/${charter.event_id}/depart`;
  expect(posted()).toEqual([
    [path, {}],
    [path, { waive: { money: "paid at the dock" } }],
  ]);
});
