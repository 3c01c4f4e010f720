import { expect, test } from "vitest";
import * as session from "../data/session";
import { charter, json, setUpApp } from "../testing/app";
import { sampleWaiver } from "../testing/samples";

const app = setUpApp();
const { open, says, text, button, submit, type } = app;

async function show(waivers: ReturnType<typeof sampleWaiver>[], change = {}): Promise<void> {
  session.begin("t1", false);
  const detail = { ...charter, ...change, payments: [], mail_problems: [], waiver_records: waivers };
  app.handle = (path) => json(200, path.endsWith("/set-aside") ? {} : detail);
  open("/events/event-1");
  await says("Guest link");
}

const row = (name: string) => [...app.root.querySelectorAll("li")].find((one) => one.textContent?.includes(name));

test("signatures that are set aside, erased or over the limit say so in words", async () => {
  await show([
    sampleWaiver({ waiver_id: "1", participant_name: "Ana Reyes", set_aside: true, superseded: true }),
    sampleWaiver({ waiver_id: "2", participant_name: "Erased guest", erased: true }),
    sampleWaiver({ waiver_id: "3", participant_name: "Bo Sund", minor: true, signer_name: "Cora Lind" }),
    sampleWaiver({ waiver_id: "4", participant_name: "דוד לוי", over_limit: true, superseded: true }),
  ]);
  await says("Erased guest");
  expect(row("Ana Reyes")?.querySelector("a")?.className).toBe("struck");
  expect(row("Ana Reyes")?.textContent).toMatch("Set aside");
  expect(row("Ana Reyes")?.textContent).not.toMatch("Older text");
  expect(row("Ana Reyes")?.querySelector("button")).toBeNull();
  expect(row("Bo Sund")?.textContent).toMatch(/Minor\s*signed by Cora Lind/);
  expect(row("דוד לוי")?.textContent).toMatch(/Older text.*Over the limit/);
  expect(row("דוד לוי")?.querySelector("a bdi")?.textContent).toBe("דוד לוי");
});

test("a false signature is set aside from the charter's page, which is then read again", async () => {
  await show([sampleWaiver()]);
  await says("Ana Reyes");
  button("Set aside… the signature of Ana Reyes").click();
  await says("For a false or double signature.");
  app.calls.length = 0;
  type("dialog input", "not aboard");
  await submit();
  await says("The signature of Ana Reyes is set aside.");
  expect(app.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /api/events/event-1/waivers/waiver-1/set-aside",
    "GET /api/events/event-1",
  ]);
});

test("more than fifty are folded until one asks for all", async () => {
  const many = (count: number) => Array.from({ length: count }, (_, one) => sampleWaiver({ waiver_id: `w${one}` }));
  await show(many(50));
  expect(text()).not.toMatch("Show all");
  app.handle = () => json(200, { ...charter, payments: [], mail_problems: [], waiver_records: many(51) });
  open("/");
  open("/events/event-1");
  await says("Show all 51");
  expect(app.root.querySelector(".folded .signed-list")).not.toBeNull();
  button("Show all 51").click();
  await says(/^(?!.*Show all)/);
  expect(app.root.querySelector(".folded")).toBeNull();
  expect(app.root.querySelectorAll(".signed-list li")).toHaveLength(51);
});

test("a charter that has departed says so, and can be completed but not cancelled", async () => {
  await show([], { status: "departed", starts_at: "2026-01-01T10:00:00Z" });
  expect(app.root.querySelector("main header")?.textContent).toMatch("Departed");
  expect(() => button("Cancel charter")).toThrow();
  expect(button("Mark completed")).toBeTruthy();
});

test("what was marked as completed by mistake is taken back from the message about it", async () => {
  await show([], { starts_at: "2026-01-01T10:00:00Z", version: 3 });
  const sent: unknown[] = [];
  let { status, version } = { status: "scheduled", version: 3 };
  app.handle = (_, init) => {
    const body = JSON.parse(String(init.body)) as { status: string; version: number };
    sent.push(body);
    ({ status } = body);
    version++;
    return json(200, { ...charter, starts_at: "2026-01-01T10:00:00Z", status, version });
  };
  button("Mark completed").click();
  await says("Marked as completed.");
  button("Undo").click();
  await says("Scheduled again.");
  expect(sent).toEqual([
    { version: 3, status: "completed" },
    { version: 4, status: "scheduled" },
  ]);
});
