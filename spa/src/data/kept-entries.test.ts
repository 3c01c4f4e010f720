import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sampleCharter, samplePayment } from "../testing/samples";
import { indexedDbStorage, Outbox } from "./outbox";
import type { OutboxEntry, SentAnswer } from "./outbox-entry";

/** What a browser may do to a page that wants its database. */
const trouble: Record<string, () => void> = {
  "an opening that never ends": () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => ({}) as IDBOpenDBRequest);
  },
  "a transaction that never ends": () => {
    const store = { getAll: () => ({}), put: () => ({}), delete: () => ({}) };
    answerOpening({ transaction: () => ({ objectStore: () => store }) });
  },
  "a refusal": () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("no", "SecurityError");
    });
  },
  "an error": () => {
    answerOpening(null);
  },
};

/** With a database, or with an error when it is null. */
function answerOpening(result: object | null): void {
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    const opening = { result, error: new DOMException("broken", "UnknownError") } as unknown as IDBOpenDBRequest;
    setTimeout(() => (result ? opening.onsuccess : opening.onerror)?.call(opening, new Event("done")));
    return opening;
  });
}

const request = {
  kind: "balance",
  method: "cash",
  amount_cents: 50_000,
  received_at: "2026-07-01T12:00:00Z",
  notify: true,
} as const;
const payment = { payment_id: "a", event_id: "event-1", request, currency: "USD" };

let number = 0;
let outbox: Outbox;
let online = true;
const send = vi.fn(async ({ payment_id }: OutboxEntry): Promise<SentAnswer> => {
  if (!online) throw new Error("offline");
  return { payment: samplePayment({ payment_id }), event: sampleCharter(), replayed: false };
});

beforeEach(() => {
  number += 1;
  online = true;
  send.mockClear();
  outbox = new Outbox({ storage: indexedDbStorage(`device-${number}`), send, maySend: () => true, onSent: () => {} });
});

afterEach(() => {
  outbox.stop();
  vi.useRealTimers();
});

describe.each(Object.keys(trouble))("with %s", (kind) => {
  test("a payment is sent within seconds, and the device says that it keeps nothing", async () => {
    trouble[kind]?.();
    vi.useFakeTimers();
    await vi.advanceTimersByTimeAsync(0);
    const sending = outbox.add(payment).then(() => outbox.flush());
    await vi.advanceTimersByTimeAsync(3_000);
    await sending;
    expect(send).toHaveBeenCalledOnce();
    expect(outbox.entries.value).toEqual([]);
    expect(outbox.keepsNothing.value).toBe(true);
  });

  test("a payment that cannot be sent stays on the page, from the tap on, and is not called kept", async () => {
    online = false;
    trouble[kind]?.();
    vi.useFakeTimers();
    const adding = outbox.add(payment);
    expect(outbox.get("a")?.state).toBe("waiting");
    expect(outbox.isDurable("a")).toBe(false);
    await vi.advanceTimersByTimeAsync(3_000);
    await adding;
    const failing = outbox.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    await failing;
    expect(outbox.get("a")?.state).toBe("waiting");
    expect(outbox.get("a")?.attempts).toBeGreaterThan(0);
    expect(outbox.isDurable("a")).toBe(false);
  });
});

test("a database that answers late keeps what waits from then on", async () => {
  online = false;
  const open = indexedDB.open.bind(indexedDB);
  const late = {} as { onsuccess?: () => void; result?: IDBDatabase };
  vi.spyOn(indexedDB, "open").mockImplementation(() => late as never);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const adding = outbox.add(payment);
  await vi.advanceTimersByTimeAsync(3_000);
  await adding;
  expect(outbox.isDurable("a")).toBe(false);
  const opening = open(`device-${number}`);
  opening.onupgradeneeded = () => opening.result.createObjectStore("payments", { keyPath: "payment_id" });
  await new Promise((resolve) => {
    opening.onsuccess = resolve;
  });
  vi.useRealTimers();
  late.result = opening.result;
  late.onsuccess?.();
  await vi.waitFor(async () => {
    await outbox.flush();
    expect(outbox.isDurable("a")).toBe(true);
  });
  expect(outbox.keepsNothing.value).toBe(false);
});

test("a tab that never ends its turn to send holds nobody up for long", async () => {
  const locks = {
    request: (_: string, { signal }: LockOptions) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  vi.stubGlobal("navigator", { ...navigator, languages: ["en-US"], locks });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const adding = outbox.add(payment);
  await vi.advanceTimersByTimeAsync(3_000);
  await adding;
  const sending = outbox.flush();
  await vi.advanceTimersByTimeAsync(40_000);
  await sending;
  vi.unstubAllGlobals();
  expect(send).toHaveBeenCalledOnce();
});
