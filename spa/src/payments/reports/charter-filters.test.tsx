import { beforeEach, expect, test, vi } from "vitest";
import type { GroupTotals } from "../../data/contract";
import * as session from "../../data/session";
import { json, settled, setUpApp } from "../../testing/app";
import { samplePayment, samplePerson, sampleTotals } from "../../testing/samples";

const app = setUpApp();

// The file would lead this browser away from the page.
beforeEach(() => {
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
});

const group = (id: string | null, name: string, charters = 1): GroupTotals => ({
  ...{ id, name, charters },
  totals: sampleTotals({ received_cents: 50_000, count: 1 }),
});
const boats = [group(null, ""), group("boat-1", "Petrel", 12), group(null, "Sea Otter")];
const captains = [group("p1", "Ana Reyes"), group(null, "ana REYES"), group("p2", "x".repeat(100))];
const namesake = group("p3", "Ana Reyes");
const people = [
  samplePerson({ person_id: "p1", name: "Ana Reyes", email: "ana@example.com" }),
  samplePerson({ person_id: "p3", name: "Ana Reyes", email: "reyes@example.com" }),
];

/** November has boats and captains, any other month nothing. */
function serve(captains_found = captains): void {
  app.handle = (path) => {
    const { pathname, searchParams } = new URL(path, "https://desk.example");
    const by = searchParams.get("by");
    const none = !searchParams.get("from")?.startsWith("2026-11");
    if (pathname === "/api/payments/summary") {
      const found = by === "boat" ? boats : by === "captain" ? captains_found : [];
      const totals = sampleTotals({ received_cents: 150_000, count: 3 });
      return json(200, { by, timezone: "UTC", periods: [], groups: none ? [] : found, totals });
    }
    if (pathname === "/api/people") return json(200, { people });
    if (pathname === "/api/payments.csv") {
      return new Response("received_at\n", { headers: { "Content-Type": "text/csv" } });
    }
    const row = { ...samplePayment({ payer: "Ana Reyes" }), charter: "Sunset sail" };
    return json(200, { payments: none ? [] : [row], totals: sampleTotals(), next_cursor: null });
  };
}

function field(label: string): HTMLSelectElement & HTMLInputElement {
  const found = [...app.root.querySelectorAll("label")].find(({ textContent }) => textContent === label);
  return app.root.querySelector(`#${CSS.escape(found?.htmlFor ?? "")}`) as HTMLSelectElement & HTMLInputElement;
}

async function choose(label: string, value: string): Promise<void> {
  const select = field(label);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

const options = (label: string) => [...field(label).options].map(({ textContent }) => textContent);
const asked = (pathname: string) => {
  const last = app.calls
    .map(({ path }) => new URL(path, "https://desk.example"))
    .findLast((url) => {
      return url.pathname === pathname && !["boat", "captain"].includes(url.searchParams.get("by") ?? "");
    });
  return Object.fromEntries(last?.searchParams ?? []);
};

async function openLedger(search = "", captains_found = captains): Promise<void> {
  serve(captains_found);
  session.begin("t1", false);
  app.open(`/payments?from=2026-11-01&to=2026-11-30${search}`);
  await app.says("Sunset sail");
  await app.says("Petrel");
}

test("the ledger offers the boats and captains of its period, and typed names beside records", async () => {
  await openLedger();
  expect(options("Boat")).toEqual(["All boats", "Petrel", "Sea Otter"]);
  expect(options("Captain")).toEqual(["All captains", "Ana Reyes", "ana REYES (typed)", "x".repeat(100)]);
});

test("two captains of one name are told apart as where they are picked, in the ledger and in reports", async () => {
  const told = ["Ana Reyes, ana@example.com", "ana REYES (typed)", "Ana Reyes, reyes@example.com"];
  await openLedger("", [...captains.slice(0, 2), namesake]);
  await vi.waitFor(() => expect(options("Captain")).toEqual(["All captains", ...told]));
  app.open("/payments/reports");
  await app.says("Sums by month");
  const from = field("From");
  from.value = "2026-11-01";
  from.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  app.root.querySelector<HTMLInputElement>('input[value="captain"]')?.click();
  await app.says("Sums by captain");
  await app.says(new RegExp(told.map((name) => `${name.replace(/[().]/g, "\\$&")}1 charter`).join(".*")));
});

test("no list of people is asked for where no two have one name", async () => {
  await openLedger();
  expect(app.calls.some(({ path }) => path === "/api/people")).toBe(false);
});

test("the ledger asks the server for those of a boat, of a captain and of a method at once, and so does its file", async () => {
  await openLedger();
  await choose("Boat", "boat-1");
  await choose("Captain", "ana reyes");
  await choose("Method", "check");
  const wanted = { from: "2026-11-01", to: "2026-11-30", boat: "boat-1", captain: "ana reyes", method: "check" };
  await vi.waitFor(() => expect(asked("/api/payments")).toMatchObject(wanted));
  app.button("Download CSV").click();
  await app.says("on its way");
  await vi.waitFor(() => expect(asked("/api/payments.csv")).toEqual(wanted));
});

test("a boat that was chosen stays chosen in a period that has nothing of it", async () => {
  await openLedger();
  await choose("Boat", "sea otter");
  app.button("Choose daysFilters").click();
  await settled();
  const from = field("From");
  from.value = "2026-10-01";
  from.dispatchEvent(new Event("input", { bubbles: true }));
  await app.says("No such payment in this period.");
  expect(field("Boat").value).toBe("sea otter");
  expect(options("Boat")).toEqual(["All boats", "Sea Otter"]);
  await vi.waitFor(() => expect(asked("/api/payments")).toMatchObject({ from: "2026-10-01", boat: "sea otter" }));
});

test("an address with a boat and a captain opens the ledger of both", async () => {
  await openLedger("&boat=boat-1&captain=p2");
  expect([field("Boat").value, field("Captain").value]).toEqual(["boat-1", "p2"]);
  await vi.waitFor(() => expect(asked("/api/payments")).toMatchObject({ boat: "boat-1", captain: "p2" }));
});

test("a report by boat leads to the ledger of each boat and counts its charters; one without a boat leads nowhere", async () => {
  serve();
  session.begin("t1", false);
  app.open("/payments/reports");
  await app.says("Sums by month");
  const from = field("From");
  from.value = "2026-11-01";
  from.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  app.root.querySelector<HTMLInputElement>('input[value="boat"]')?.click();
  await app.says("Sums by boat");
  await app.says(/No boat named1 charter\$500.00.*Petrel12 charters\$500.00.*Sea Otter1 charter\$500.00/);
  await app.says(/Together\$1,500.00/);
  const links = [...app.root.querySelectorAll<HTMLAnchorElement>(".report a")];
  expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
    ["Petrel", `/payments?from=2026-11-01&to=${field("To").value}&boat=boat-1`],
    ["Sea Otter", `/payments?from=2026-11-01&to=${field("To").value}&boat=sea+otter`],
  ]);
});

test("a report of one boat by month asks for its months, in table, chart and file", async () => {
  serve();
  session.begin("t1", false);
  app.open("/payments/reports");
  await app.says("Sums by month");
  const from = field("From");
  from.value = "2026-11-01";
  from.dispatchEvent(new Event("input", { bubbles: true }));
  await app.says("Petrel");
  await choose("Boat", "boat-1");
  const ofTheBoat = () => app.calls.filter(({ path }) => /by=month/.test(path) && /boat=boat-1/.test(path));
  await vi.waitFor(() => expect(ofTheBoat()).toHaveLength(2));
  app.button("Download CSV").click();
  await app.says("on its way");
  await vi.waitFor(() => expect(asked("/api/payments.csv")).toMatchObject({ from: "2026-11-01", boat: "boat-1" }));
});
