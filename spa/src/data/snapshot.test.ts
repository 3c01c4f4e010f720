import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";
import { forgetBoard, type Loaded, loaded, owing, receivables } from "./board";
import { charters, forgetCharters, keepCharters, keepDetail, records, remembered } from "./charters";
import * as session from "./session";
import { forgetSnapshot, recallSnapshot, saveSnapshot, takeSnapshot } from "./snapshot";

const person = { name: "Ana Reyes", email: "ana@example.com", phone: "+1 415 555 0150" };
const paid = sampleCharter({
  captain: { ...person, person_id: null, name: "Ben" },
  crew: [{ ...person, person_id: null, name: "Tess" }],
  patron: person,
  guests: [{ guest_id: "guest-1", name: "Cora Lind", email: "cora@example.com" }],
  notes: "Call ana@example.com, gate code 4711",
  balance: sampleBalance({ received_cents: 50_000, balance_due_cents: 70_000 }),
});
const detail = {
  ...paid,
  payments: [samplePayment({ note: "gate code 4711" })],
  waiver_records: [],
  mail_problems: [{ email: person.email, problem: "bounced" as const, at: "2026-07-01T00:00:00Z", detail: "gone" }],
};

beforeEach(() => session.begin("t1", false));

afterEach(async () => {
  forgetPage();
  session.leave();
  await forgetSnapshot();
});

function board(at_ms: number): Loaded {
  return { at_ms, next_cursor: "next", until: null, from: "2026-07-01T00:00:00Z", past_days: 0 };
}

function forgetPage(): void {
  forgetBoard();
  forgetCharters();
}

async function saved(at_ms = Date.now(), title = "Sunset sail"): Promise<void> {
  keepDetail({ ...detail, title }, performance.now());
  loaded.value = board(at_ms);
  await saveSnapshot();
  forgetPage();
}

describe("the last known board", () => {
  test("holds names and balances, but no contact data and no notes", () => {
    keepDetail(detail, performance.now());
    const text = JSON.stringify(takeSnapshot(board(1), charters.value.values(), records.value));
    expect(text).toMatch("Ana Reyes");
    expect(text).toMatch("Cora Lind");
    expect(text).toMatch("70000");
    // The time of reading may hold any digits.
    expect(text.replace(/"read_at_ms":\d+/, "")).not.toMatch(/@|415|4711/);
  });

  test("comes back with its time, and says that it is only remembered", async () => {
    const at_ms = Date.now() - 60_000;
    await saved(at_ms);
    await recallSnapshot();
    expect(charters.value.get("event-1")?.balance.balance_due_cents).toBe(70_000);
    expect(records.value.get("event-1")?.payments).toHaveLength(1);
    expect(remembered.value.has("event-1")).toBe(true);
    // The cursor of an old list leads nowhere.
    expect(loaded.value).toMatchObject({ at_ms, recalled: true, next_cursor: null });
    keepCharters([paid]);
    expect(remembered.value.size).toBe(0);
  });

  test("never replaces what the page has read meanwhile", async () => {
    await saved(Date.now() - 60_000, "Old");
    keepCharters([{ ...paid, title: "Fresh" }]);
    loaded.value = board(Date.now());
    await recallSnapshot();
    expect(charters.value.get("event-1")?.title).toBe("Fresh");
    expect(remembered.value.size).toBe(0);
    expect(loaded.value?.recalled).toBeUndefined();
  });

  test("is not overwritten by a tab that knows less, nor by a recalled one", async () => {
    await saved(Date.now() - 1_000, "Newer");
    await saved(Date.now() - 60_000, "Older");
    await recallSnapshot();
    expect(charters.value.get("event-1")?.title).toBe("Newer");
    keepCharters([{ ...paid, title: "Changed" }]);
    await saveSnapshot();
    forgetPage();
    await recallSnapshot();
    expect(charters.value.get("event-1")?.title).toBe("Newer");
  });

  test("written under a wrong clock does not last for ever", async () => {
    await saved(Date.now() + 86_400_000, "From the future");
    await saved(Date.now(), "Now");
    await recallSnapshot();
    expect(charters.value.get("event-1")?.title).toBe("Now");
  });

  test("leaves out a statement that no longer adds up to the balance", async () => {
    keepDetail(detail, performance.now());
    keepCharters([{ ...paid, balance: sampleBalance({ balance_due_cents: 0 }) }]);
    const { records: kept } = takeSnapshot(board(1), charters.value.values(), records.value);
    expect(kept).toEqual([]);
  });

  test("owes nothing that this device saw paid, and nothing that is logged after it was recalled", async () => {
    const asked_at_ms = performance.now();
    const owed = { ...paid, due_cents: 70_000 };
    receivables.value = { charters: [owed, { ...owed, event_id: "event-2", patron: person }], asked_at_ms };
    const settled = { ...paid, balance: sampleBalance({ balance_due_cents: 0 }) };
    keepCharters([settled]);
    loaded.value = board(Date.now());
    await saveSnapshot();
    forgetPage();
    await recallSnapshot();
    const shown = () => receivables.value && owing(receivables.value);
    expect(shown()).toMatchObject([{ event_id: "event-2", patron: { name: person.name, email: "", phone: "" } }]);
    keepCharters([{ ...settled, event_id: "event-2" }]);
    expect(shown()).toEqual([]);
  });

  test("shows to nobody without a session, and a logout forgets it", async () => {
    await saved();
    session.leave();
    await recallSnapshot();
    expect(charters.value.size).toBe(0);
    await forgetSnapshot();
    session.begin("t2", false);
    await recallSnapshot();
    expect(charters.value.size).toBe(0);
  });
});
