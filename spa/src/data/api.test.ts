import { beforeEach, describe, expect, test, vi } from "vitest";
import * as api from "./api";
import { ApiError } from "./api";
import { readGuest } from "./guest";
import * as later from "./later-api";
import * as session from "./session";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  session.leave();
});

function answer(status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  fetched.mockResolvedValueOnce(new Response(text, { status, headers: { "Content-Type": type, ...headers } }));
}

async function failure(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

const lastHeaders = () => fetched.mock.lastCall?.[1]?.headers as Record<string, string>;

describe("answers", () => {
  test("of admin calls are asked for with the token, guests' never", async () => {
    session.begin("secret", false);
    answer(200, { events: [], next_cursor: null });
    await api.listCharters({ limit: 50 });
    expect(fetched.mock.lastCall?.[0]).toBe("/api/events?limit=50");
    expect(lastHeaders().Authorization).toBe("Bearer secret");
    answer(200, { event_id: "abc" });
    await readGuest("abc");
    expect(lastHeaders().Authorization).toBeUndefined();
  });

  test("to a payment say whether they are a replay", async () => {
    answer(200, { payment: {}, event: {} }, { "Idempotency-Replayed": "true" });
    const request = {
      kind: "balance",
      method: "cash",
      amount_cents: 1,
      received_at: "2026-01-01T00:00:00Z",
      notify: true,
    } as const;
    expect((await api.putPayment("abc", "id", request)).replayed).toBe(true);
    expect(fetched.mock.lastCall?.[1]?.method).toBe("PUT");
  });
});

test("the log is fetched in parts until its end and saved as one file with the head of that end", async () => {
  const leaf = (waiver_id: string) => ({ payload: { waiver_id }, disclosures: [] });
  answer(200, { leaves: [leaf("a")], checkpoint: "log\n2\nx\n", next: 1 });
  // Somebody has signed meanwhile: the log now ends later.
  answer(200, { leaves: [leaf("b")], checkpoint: "log\n3\ny\n", next: 2 });
  answer(200, { leaves: [leaf("c")], checkpoint: "log\n3\ny\n", next: null });
  const saved = JSON.parse(await (await later.exportLog()).text());
  expect(fetched.mock.calls.map(([path]) => path)).toEqual(
    [0, 1, 2].map((after) => `/api/waivers.json?after=${after}`),
  );
  expect(saved).toEqual({ leaves: ["a", "b", "c"].map(leaf), checkpoint: "log\n3\ny\n", next: null });
});

test("the proof of a record is saved as it came", async () => {
  const bundle = { payload: { waiver_id: "a" }, disclosures: ["x"], text: "Zoë", checkpoint: "log\n1\nx\n" };
  answer(200, bundle);
  expect(JSON.parse(await (await later.waiverBundle("abc", "a")).text())).toEqual(bundle);
  expect(fetched.mock.lastCall?.[0]).toBe("/api/events/abc/waivers/a/bundle");
});

test("the log's head is plain text, and a web page in its place is none", async () => {
  fetched.mockResolvedValueOnce(new Response("log\n1\nx\n", { headers: { "Content-Type": "text/plain" } }));
  expect(await later.readCheckpoint()).toBe("log\n1\nx\n");
  answer(200, "<!doctype html>");
  expect((await failure(later.readCheckpoint())).failure).toBe("masked");
});

describe("failures", () => {
  test("carry the API's sentence and fields", async () => {
    answer(400, { Code: "BadInput", Message: "No.", Fields: { amount_cents: "must be whole" } });
    const error = await failure(api.readCharter("abc"));
    expect(error).toMatchObject({ failure: "refused", status: 400, message: "No." });
    expect(error.fields).toEqual({ amount_cents: "must be whole" });
  });

  test("of a web page instead of the API say so", async () => {
    answer(200, "<!doctype html><title>Ship Captain Crew</title>");
    const error = await failure(api.listCharters({}));
    expect(error.failure).toBe("masked");
    expect(error.message).toMatch("did not come from the booking server");
    answer(404, "<html></html>");
    expect((await failure(api.listCharters({}))).failure).toBe("masked");
    answer(403, { message: "Missing Authentication Token" });
    expect((await failure(api.listCharters({}))).failure).toBe("masked");
  });

  test("of the server ask to try again, whatever their body", async () => {
    answer(502, "<html>Bad gateway</html>");
    expect(await failure(api.listCharters({}))).toMatchObject({ failure: "server", status: 502 });
    answer(500, { Code: "InternalServerError", Message: "trace" });
    expect((await failure(api.listCharters({}))).message).not.toMatch("trace");
  });

  test("of the connection and of the time limit differ", async () => {
    fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    expect((await failure(api.listCharters({}))).failure).toBe("network");
    fetched.mockRejectedValueOnce(new DOMException("slow", "TimeoutError"));
    expect((await failure(api.listCharters({}))).failure).toBe("timeout");
    fetched.mockResolvedValueOnce(new Response('{"events": [', { headers: { "Content-Type": "application/json" } }));
    expect((await failure(api.listCharters({}))).failure).toBe("network");
  });

  test("say how long to wait", async () => {
    answer(429, { Code: "TooMany", Message: "Slow down." }, { "Retry-After": "42" });
    expect((await failure(api.login("x", "", false))).retry_after_s).toBe(42);
  });

  test("carry the current charter of a conflict", async () => {
    answer(409, { Code: "Conflict", Message: "Changed.", current: { event_id: "abc" } });
    expect((await failure(api.editCharter("abc", { version: 1 }))).current).toEqual({ event_id: "abc" });
  });

  test("of a stale token end that session and no later one", async () => {
    session.begin("old", true);
    let release = (_: Response) => {};
    fetched.mockReturnValueOnce(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    const slow = failure(api.listCharters({}));
    session.begin("new", false);
    release(new Response("{}", { status: 401, headers: { "Content-Type": "application/json" } }));
    expect((await slow).status).toBe(401);
    expect(session.session.value).toEqual({ state: "in", token: "new" });
    answer(401, { Code: "Unauthorized", Message: "Log in." });
    await failure(api.listCharters({}));
    expect(session.session.value).toEqual({ state: "ended" });
    expect(sessionStorage.length + localStorage.length).toBe(0);
  });
});

test("an end in another tab leaves what this one shows to the next login, a logout closes it", () => {
  session.followOtherTabs();
  session.begin("a", true);
  session.end("a");
  const left = localStorage.getItem("scc.token");
  const hear = (oldValue: string | null, newValue: string | null) =>
    window.dispatchEvent(new StorageEvent("storage", { key: "scc.token", oldValue, newValue }));

  session.begin("a", true);
  hear("a", left);
  expect(session.session.value).toEqual({ state: "ended" });
  hear(left, "b");
  expect(session.session.value).toEqual({ state: "in", token: "b" });
  hear("a", left);
  expect(session.session.value).toEqual({ state: "in", token: "b" });
  hear("b", null);
  expect(session.session.value).toEqual({ state: "out" });
});

test("a token is kept on the device only when asked", () => {
  session.begin("a", false);
  expect([sessionStorage.length, localStorage.length]).toEqual([1, 0]);
  session.begin("b", true);
  expect([sessionStorage.length, localStorage.length]).toEqual([0, 1]);
  session.leave();
  expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
});
