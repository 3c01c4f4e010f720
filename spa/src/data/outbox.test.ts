import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { operatorClock } from "../lib/clock";
import { sampleCharter, samplePayment } from "../testing/samples";
import { ApiError } from "./api";
import { backoff_ms, indexedDbStorage, Outbox } from "./outbox";
import { firstPayment, type OutboxEntry, questionOf, type SentAnswer, sentRequest } from "./outbox-entry";

let database = 0;
let running: Outbox[] = [];
const send = vi.fn<(entry: OutboxEntry) => Promise<SentAnswer>>();
const onSent = vi.fn();
const onSentElsewhere = vi.fn();
let loggedIn = true;

beforeEach(() => {
  database += 1;
  loggedIn = true;
  send.mockReset();
  onSent.mockReset();
  onSentElsewhere.mockReset();
  send.mockImplementation(async (entry) => sent(entry));
});

afterEach(() => {
  for (const outbox of running) outbox.stop();
  running = [];
});

function sent(entry: OutboxEntry, replayed = false): SentAnswer {
  const { payment_id, request } = entry;
  const { kind, method, amount_cents } = request;
  const payment = samplePayment({ payment_id, kind, method, amount_cents });
  return { payment, event: sampleCharter(), replayed };
}

/** A page with an outbox; two of them share the device's database. */
function openPage(): Outbox {
  const outbox = new Outbox({
    storage: indexedDbStorage(`outbox-${database}`),
    send,
    maySend: () => loggedIn,
    onSent,
    onSentElsewhere,
  });
  running.push(outbox);
  return outbox;
}

function payment(payment_id: string, amount_cents = 50_000) {
  const request = {
    kind: "balance",
    method: "cash",
    amount_cents,
    received_at: "2026-07-01T12:00:00Z",
    notify: true,
  } as const;
  return { payment_id, event_id: "event-1", request, currency: "USD" };
}

function refusal(status: number, message = "No."): ApiError {
  return new ApiError("refused", message, status, { code: "Refused", fields: { amount_cents: "is wrong" } });
}

const offline = () => new ApiError("network", "The server cannot be reached.");

describe("a payment in the outbox", () => {
  test("shows as not sent until the server has answered", async () => {
    const outbox = openPage();
    await outbox.add(payment("a"));
    expect(outbox.get("a")?.state).toBe("waiting");
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
    expect(onSent).toHaveBeenCalledOnce();
    await outbox.flush();
    expect(send).toHaveBeenCalledOnce();
  });

  test("survives a reload and goes out with the same id and content", async () => {
    const first = openPage();
    send.mockRejectedValueOnce(offline());
    await first.add(payment("a"));
    await first.flush();
    first.stop();
    const second = openPage();
    await second.start();
    expect(second.entries.value).toEqual([]);
    const [before, after] = send.mock.calls.map(([entry]) => entry);
    expect(after?.payment_id).toBe(before?.payment_id);
    expect(after?.request).toEqual(before?.request);
  });

  test("hands a replayed answer on as such", async () => {
    const outbox = openPage();
    send.mockImplementationOnce(async (entry) => sent(entry, true));
    await outbox.add(payment("a"));
    await outbox.flush();
    expect(onSent.mock.lastCall?.[0].replayed).toBe(true);
    expect(outbox.entries.value).toEqual([]);
  });

  test("stays while the device is offline, and says why", async () => {
    const outbox = openPage();
    send.mockRejectedValue(offline());
    await outbox.add(payment("a"));
    await outbox.add(payment("b"));
    await outbox.flush();
    // Without a connection one try tells enough.
    expect(send).toHaveBeenCalledOnce();
    expect(outbox.entries.value.map(({ state }) => state)).toEqual(["waiting", "waiting"]);
    expect(outbox.get("a")?.problem?.message).toBe("The server cannot be reached.");
  });

  test("goes out as soon as the device is online again", async () => {
    const outbox = openPage();
    send.mockRejectedValueOnce(offline());
    await outbox.start();
    await outbox.add(payment("a"));
    await outbox.flush();
    window.dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
  });

  test("goes out when the network comes back in the middle of a failing try", async () => {
    const outbox = openPage();
    await outbox.add(payment("a"));
    send.mockImplementationOnce(async () => {
      void outbox.flush();
      throw offline();
    });
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
    expect(send).toHaveBeenCalledTimes(2);
  });

  test("is tried again by itself", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const outbox = openPage();
      send.mockRejectedValueOnce(offline());
      await outbox.add(payment("a"));
      await outbox.flush();
      await vi.advanceTimersByTimeAsync(2_000);
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(2));
  });

  test("is kept on 401, waits for the login, then goes out", async () => {
    const outbox = openPage();
    send.mockImplementationOnce(async () => {
      loggedIn = false;
      throw refusal(401, "Please log in.");
    });
    await outbox.add(payment("a"));
    await outbox.flush();
    await outbox.flush();
    expect(send).toHaveBeenCalledOnce();
    expect(outbox.get("a")).toMatchObject({ state: "waiting" });
    loggedIn = true;
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
  });

  test.each([500, 502, 503])("is kept on %i and does not hold up the next one", async (status) => {
    const outbox = openPage();
    send.mockRejectedValueOnce(new ApiError("server", "The server has a problem.", status));
    await outbox.add(payment("a"));
    await outbox.add(payment("b"));
    await outbox.flush();
    expect(outbox.entries.value.map(({ payment_id }) => payment_id)).toEqual(["a"]);
    expect(outbox.get("a")?.state).toBe("waiting");
  });

  test("is kept when something else than the API answers", async () => {
    const outbox = openPage();
    send.mockRejectedValueOnce(new ApiError("masked", "Not the server.", 200));
    await outbox.add(payment("a"));
    await outbox.flush();
    expect(outbox.get("a")?.state).toBe("waiting");
    send.mockResolvedValueOnce(sent({ ...(outbox.get("a") as OutboxEntry), payment_id: "other" }));
    await outbox.flush();
    expect(outbox.get("a")?.state).toBe("waiting");
  });

  test.each([400, 403, 404, 409, 413])("waits for the admin on %i, with the reason", async (status) => {
    const outbox = openPage();
    send.mockRejectedValueOnce(refusal(status, "Too much."));
    await outbox.add(payment("a"));
    await outbox.flush();
    await outbox.flush();
    expect(send).toHaveBeenCalledOnce();
    expect(outbox.get("a")).toMatchObject({
      state: "refused",
      problem: { status, message: "Too much.", fields: { amount_cents: "is wrong" } },
    });
  });

  test("that was refused can be corrected under its id or another", async () => {
    const outbox = openPage();
    send.mockRejectedValueOnce(refusal(400)).mockRejectedValueOnce(refusal(409));
    await outbox.add(payment("a", 1));
    await outbox.flush();
    await outbox.add(payment("a", 2), "a");
    await outbox.flush();
    expect(outbox.get("a")).toMatchObject({ state: "refused", request: { amount_cents: 2 } });
    await outbox.add(payment("b", 3), "a");
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
    expect(send.mock.calls.map(([{ payment_id }]) => payment_id)).toEqual(["a", "a", "b"]);
  });

  test("can be discarded only when it was refused", async () => {
    const outbox = openPage();
    send.mockRejectedValueOnce(offline()).mockRejectedValueOnce(refusal(400));
    await outbox.add(payment("a"));
    await outbox.flush();
    await outbox.discard("a");
    expect(outbox.get("a")).toBeDefined();
    await outbox.flush();
    await outbox.discard("a");
    expect(outbox.get("a")).toBeUndefined();
  });

  test("that was refused can be tried again as it is", async () => {
    const outbox = openPage();
    send.mockRejectedValueOnce(refusal(403));
    await outbox.add(payment("a"));
    await outbox.flush();
    await outbox.retry("a");
    expect(outbox.entries.value).toEqual([]);
  });
});

describe("two senders", () => {
  test("in one page are one", async () => {
    const outbox = openPage();
    await outbox.add(payment("a"));
    await Promise.all([outbox.flush(), outbox.flush(), outbox.flush()]);
    expect(send).toHaveBeenCalledOnce();
  });

  test("a payment added while another is sent goes out in the same flush", async () => {
    const outbox = openPage();
    let release = () => {};
    send.mockImplementationOnce(async (entry) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return sent(entry);
    });
    await outbox.add(payment("a"));
    const first = outbox.flush();
    await vi.waitFor(() => expect(send).toHaveBeenCalledOnce());
    await outbox.add(payment("b"));
    const second = outbox.flush();
    release();
    await Promise.all([first, second]);
    expect(send.mock.calls.map(([{ payment_id }]) => payment_id)).toEqual(["a", "b"]);
    expect(outbox.entries.value).toEqual([]);
  });

  test("in two tabs take turns where there are locks", async () => {
    let held = Promise.resolve();
    vi.stubGlobal("navigator", {
      ...navigator,
      languages: ["en-US"],
      locks: {
        request: (_: string, __: LockOptions, act: () => Promise<unknown>) => {
          const result = held.then(act);
          held = result.then(() => {});
          return result;
        },
      },
    });
    const [one, two] = [openPage(), openPage()];
    await one.add(payment("a"));
    await Promise.all([one.flush(), two.flush()]);
    expect(send).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });

  test("in two tabs without locks send the same payment, never another", async () => {
    const [one, two] = [openPage(), openPage()];
    await one.add(payment("a"));
    await Promise.all([one.flush(), two.flush()]);
    const ids = new Set(send.mock.calls.map(([{ payment_id }]) => payment_id));
    expect([...ids]).toEqual(["a"]);
    expect(one.entries.value).toEqual([]);
  });
});

test("the outbox holds no contact data", async () => {
  const outbox = openPage();
  await outbox.add(payment("a"));
  expect(JSON.stringify(outbox.entries.value)).not.toMatch(/@|ana|phone|email/i);
});

test("without a database payments are kept as long as the page is open", async () => {
  const storage = indexedDbStorage("refused");
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("no", "SecurityError");
  });
  const outbox = new Outbox({ storage, send, maySend: () => loggedIn, onSent });
  running.push(outbox);
  send.mockRejectedValueOnce(offline());
  await outbox.add(payment("a"));
  await outbox.flush();
  expect(outbox.get("a")?.state).toBe("waiting");
  expect(outbox.isDurable("a")).toBe(false);
  await outbox.flush();
  expect(outbox.entries.value).toEqual([]);
});

test("waiting grows with every failure, to two minutes at most", () => {
  expect(backoff_ms(1)).toBeLessThanOrEqual(2_000);
  expect(backoff_ms(4)).toBeGreaterThan(backoff_ms(1));
  for (let failures = 1; failures < 50; failures++) {
    expect(backoff_ms(failures)).toBeLessThanOrEqual(120_000);
  }
});

test("a batch is kept in a state that an older release does not send, and is sent whole by this one", async () => {
  loggedIn = false;
  const rest = [{ payment_id: "b", kind: "tip", method: "cash", amount_cents: 2_000 } as const];
  await openPage().add({ ...payment("a"), rest });
  const stored = await new Promise((resolve) => {
    const opening = indexedDB.open(`outbox-${database}`);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("payments").objectStore("payments").getAll();
      reading.onsuccess = () => resolve(reading.result);
    };
  });
  expect(stored).toEqual([expect.objectContaining({ payment_id: "a", state: "batch waiting" })]);
  loggedIn = true;
  const later = openPage();
  await later.flush();
  expect(send).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ payment_id: "a", rest, state: "waiting" }));
  expect(later.entries.value).toEqual([]);
});

describe("a payment that may be there already", () => {
  const first = samplePayment({ payment_id: "first", recorded_by: "Ana" });
  const question = () => new ApiError("refused", "Ana did.", 409, { code: "PossibleDuplicate", duplicate: first });

  async function asked(): Promise<Outbox> {
    const outbox = openPage();
    send.mockRejectedValueOnce(question());
    await outbox.add(payment("a"));
    await outbox.flush();
    return outbox;
  }

  test("waits with who logged the first and when, and no more about it", async () => {
    const outbox = await asked();
    const { recorded_at } = first;
    const named = { payment_id: "first", recorded_by: "Ana", recorded_at, method: "cash", amount_cents: 50_000 };
    expect(firstPayment(outbox.get("a") as OutboxEntry)).toEqual(named);
    expect(onSentElsewhere).toHaveBeenCalledWith("event-1");
    await outbox.flush();
    expect(send).toHaveBeenCalledOnce();
  });

  test("goes out under its id as a second one when the admin says so", async () => {
    const outbox = await asked();
    await outbox.confirm("a");
    expect(send.mock.lastCall?.[0]).toMatchObject({
      payment_id: "a",
      request: { amount_cents: 50_000, duplicate_of: "first" },
    });
    expect(outbox.entries.value).toEqual([]);
  });

  test("is forgotten when it is the same", async () => {
    const outbox = await asked();
    await outbox.discard("a");
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
    expect(send).toHaveBeenCalledOnce();
  });

  test("is a second one only if the server has asked", async () => {
    const outbox = openPage();
    send.mockRejectedValueOnce(refusal(409));
    await outbox.add(payment("a"));
    await outbox.flush();
    await outbox.confirm("a");
    expect(outbox.get("a")?.request).not.toHaveProperty("duplicate_of");
    expect(send).toHaveBeenCalledOnce();
  });
});

test("an answer to anything else sends what waits, and nothing else", async () => {
  const outbox = openPage();
  outbox.nudge();
  send.mockRejectedValueOnce(offline());
  await outbox.add(payment("a"));
  await outbox.flush();
  outbox.nudge();
  await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
  expect(send).toHaveBeenCalledTimes(2);
});

test("the browser is asked to keep what is written", async () => {
  const persist = vi.fn(async () => true);
  vi.stubGlobal("navigator", { ...navigator, languages: ["en-US"], storage: { persist } });
  const outbox = openPage();
  expect(persist).not.toHaveBeenCalled();
  await outbox.add(payment("a"));
  expect(persist).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});

test("a database of a newer release is read, sent from and not harmed", async () => {
  const name = `outbox-${database}`;
  const newer = { ...payment("a"), created_at: "2026-07-01T12:00:00Z", attempts: 3, colour: "red" };
  await new Promise<void>((resolve) => {
    const request = indexedDB.open(name, 7);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("more");
      const store = request.result.createObjectStore("payments", { keyPath: "payment_id" });
      store.put({ ...newer, state: "waiting", problem: null });
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  const outbox = openPage();
  send.mockRejectedValueOnce(offline());
  await outbox.flush();
  expect(outbox.get("a")).toMatchObject({ attempts: 4, colour: "red" });
  await outbox.flush();
  expect(outbox.entries.value).toEqual([]);
});

test("an unusual amount is sent again as it is when the admin says that it is right", async () => {
  const outbox = openPage();
  send.mockRejectedValueOnce(new ApiError("refused", "Much.", 409, { code: "UnusualAmount" }));
  await outbox.add(payment("a", 800_000));
  await outbox.flush();
  expect(questionOf(outbox.get("a") as OutboxEntry)).toBe("unusual");
  await outbox.confirm("a");
  expect(send.mock.lastCall?.[0].request).toEqual({ ...payment("a", 800_000).request, unusual_ok: true });
  expect(outbox.entries.value).toEqual([]);
});

describe("a payment whose time is the device's", () => {
  const DAY_MS = 86_400_000;
  const timezone = "UTC";

  afterEach(() => {
    operatorClock.value = { timezone, ahead_ms: 0 };
  });

  test("tells the server what that clock says at the sending, and no other does", () => {
    const asked_ms = Date.now();
    const entry = { created_at: "", attempts: 0, state: "waiting", problem: null } as const;
    expect(sentRequest({ ...payment("a"), ...entry })).not.toHaveProperty("device_time");
    const { device_time } = sentRequest({ ...payment("a"), ...entry, clock_ahead_ms: -2 * DAY_MS });
    expect(Math.abs(Date.parse(device_time ?? "") - asked_ms - 2 * DAY_MS)).toBeLessThan(5_000);
  });

  test("was received so much later when the clock turns out to be 30 days slow", async () => {
    const outbox = openPage();
    send.mockImplementationOnce(async () => {
      operatorClock.value = { timezone, ahead_ms: -30 * DAY_MS };
      throw new ApiError("refused", "Slow.", 409, { code: "DeviceClock" });
    });
    await outbox.add({ ...payment("a"), clock_ahead_ms: 0 });
    await outbox.flush();
    expect(questionOf(outbox.get("a") as OutboxEntry)).toBe("clock");
    await outbox.confirm("a");
    const sent = send.mock.lastCall?.[0] as OutboxEntry;
    expect(sent.request.received_at).toBe("2026-07-31T12:00:00Z");
    expect(sentRequest(sent)).not.toHaveProperty("device_time");
    expect(outbox.entries.value).toEqual([]);
  });
});
