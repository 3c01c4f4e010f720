import { afterEach, expect, test, vi } from "vitest";
import { keepCharters } from "../../data/charters";
import { outbox } from "../../data/device-outbox";
import type { OutboxEntry } from "../../data/outbox-entry";
import * as session from "../../data/session";
import { json, settled, setUpApp } from "../../testing/app";
import { sampleCharter } from "../../testing/samples";

const app = setUpApp();
const old = sampleCharter({ starts_at: "2026-01-05T20:00:00Z", ends_at: "2026-01-05T23:00:00Z" });
const { event_id, title } = old;

/** The board of a device that has never read the charter; `readCharter` answers when it asks for it. */
async function openBoard(readCharter: () => Response | Promise<Response>): Promise<void> {
  app.handle = (path) => {
    if (path === "/api/receivables") return json(200, { charters: [{ ...old, due_cents: 120_000 }], totals: {} });
    if (path === `/api/events/${event_id}`) return readCharter();
    return json(200, { events: [], next_cursor: null });
  };
  session.begin("t1", false);
  app.open("/");
  await app.says("1 charter, $1,200 owed");
}

const noNetwork = () => Promise.reject(new TypeError("no network"));
const whole = () => json(200, { ...old, payments: [], waiver_records: [], mail_problems: [] });
const refused: OutboxEntry = {
  ...{ payment_id: "p1", event_id, currency: "USD", attempts: 1, created_at: "2026-01-05T23:30:00Z" },
  request: { kind: "balance", method: "cash", amount_cents: 5_000, received_at: "2026-01-05T23:30:00Z", notify: false },
  state: "refused",
  problem: { status: 400, message: "Not this way.", fields: {} },
};

afterEach(() => {
  outbox.entries.value = [];
});

test("Log payment of a charter that cannot be read says so, and opens nothing later either", async () => {
  await openBoard(noNetwork);
  app.button(`Log payment for ${title}`).click();
  await app.says("The charter could not be loaded. Check the connection and try again.");
  keepCharters([old]);
  await settled();
  expect(app.dialog()).toBeNull();
});

test("a refused payment of a charter that this page has not read is corrected there, once it is read", async () => {
  await openBoard(whole);
  outbox.entries.value = [refused];
  await app.says("not accepted");
  app.button("Correct").click();
  await vi.waitFor(() => expect(app.dialog()?.textContent).toMatch("Correct payment"));
});
