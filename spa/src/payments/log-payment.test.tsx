import { afterEach, describe, expect, test, vi } from "vitest";
import { outbox } from "../data/device-outbox";
import * as session from "../data/session";
import { operatorClock } from "../lib/clock";
import { charter, json, settled, setUpApp, soon } from "../testing/app";
import { sampleBalance, sampleCharter, samplePayment } from "../testing/samples";

const app = setUpApp();
const { open, text, says, button, dialog, submit, type } = app;

describe("logging a payment", () => {
  const list = () => json(200, { events: [charter], next_cursor: null });

  async function openDialog() {
    session.begin("t1", false);
    open("/");
    await says("Log payment");
    button("Log payment for Sunset sail").click();
    await says("How was it paid?");
  }

  test("takes three taps", async () => {
    app.handle = (path, init) => {
      if (init.method !== "PUT") return list();
      const payment_id = path.split("/").at(-1) ?? "";
      const request = JSON.parse(String(init.body));
      return json(201, {
        payment: samplePayment({ payment_id, ...request }),
        event: { ...charter, balance: sampleBalance({ balance_due_cents: 0 }) },
      });
    };
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("Paid");
    const put = app.calls.find(({ method }) => method === "PUT");
    expect(put?.path).toMatch(
      /^\/api\/events\/event-1\/payments\/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(JSON.parse(String(put?.init.body))).toMatchObject({
      amount_cents: 120_000,
      method: "cash",
      kind: "balance",
      notify: true,
    });
    await says("Saved: $1,200.00 for Sunset sail.");
    await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
  });

  test("says at its fields what is wrong, and sends nothing", async () => {
    app.handle = list;
    await openDialog();
    type(".amount", "12,50");
    await submit();
    await says("Choose how it was paid.");
    expect(text()).toMatch("Write cents after a point");
    expect(app.root.querySelector(".amount")?.getAttribute("aria-invalid")).toBe("true");
    expect(app.calls.some(({ method }) => method === "PUT")).toBe(false);
  });

  test("shows what the server refuses, and the second try is the same payment", async () => {
    let tries = 0;
    app.handle = (path, init) => {
      if (init.method !== "PUT") return list();
      tries += 1;
      if (tries === 1) {
        const Fields = { reference: "must not be empty for a check" };
        return json(400, { Code: "BadInput", Message: "Please correct.", Fields });
      }
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter });
    };
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=check]")?.click();
    await submit();
    await says("Must not be empty for a check.");
    await submit();
    await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
    const paths = app.calls.filter(({ method }) => method === "PUT").map(({ path }) => path);
    expect(paths[0]).toBe(paths[1]);
  });

  test("offline shows it as not sent yet, and sends it when the server answers again", async () => {
    let offline = true;
    app.handle = (path, init) => {
      if (init.method !== "PUT") return list();
      if (offline) throw new TypeError("Failed to fetch");
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter });
    };
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says(/\$1,200.00 cash: not sent yet. Waiting since .+ The server cannot be reached./);
    await says(/1 not sent yet: \$1,200.00 cash for Sunset sail, since \d/);
    offline = false;
    await outbox.flush();
    await settled();
    expect(text()).not.toMatch("cash: not sent yet");
  });

  test("with a stale session keeps the payment, asks to log in, then sends it", async () => {
    let stale = true;
    app.handle = (path, init) => {
      if (path === "/api/login") return json(200, { token: "t2", role: "admin", expires_at: soon, device: "d1" });
      if (init.method !== "PUT") return list();
      if (stale) return json(401, { Code: "Unauthorized", Message: "Please log in." });
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter });
    };
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("Please log in again");
    expect(outbox.entries.value).toHaveLength(1);
    stale = false;
    session.begin("t2", false);
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
    await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
  });

  describe("that looks like one that is there", () => {
    const first = samplePayment({ payment_id: "first", recorded_by: "Ana" });
    const Message = "Ana logged $1,200.00 cash for this charter 4 minutes ago.";
    const question = { Code: "PossibleDuplicate", Message, duplicate: first };

    const puts = () => app.calls.filter(({ method }) => method === "PUT");

    async function logTwice() {
      app.handle = (path, init) => {
        if (path === "/api/events/event-1") {
          return json(200, { ...charter, payments: [first], waiver_records: [] });
        }
        if (init.method !== "PUT") return list();
        const payment_id = path.split("/").at(-1) ?? "";
        const { duplicate_of } = JSON.parse(String(init.body));
        return duplicate_of
          ? json(201, { payment: samplePayment({ payment_id }), event: charter })
          : json(409, question);
      };
      await openDialog();
      app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
      await says(/Is this a second payment\?\$1,200.00 cash was logged .* by Ana on .*Jul 1/);
    }

    test("is sent again under its id when it is a second one", async () => {
      await logTwice();
      button("It is a second payment: log it too", dialog()).click();
      await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
      const [one, two] = puts();
      expect(two?.path).toBe(one?.path);
      expect(JSON.parse(String(one?.init.body))).toMatchObject({ ask_if_duplicate: true });
      expect(JSON.parse(String(two?.init.body))).toMatchObject({ duplicate_of: "first" });
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });

    test("is forgotten when it is the same", async () => {
      await logTwice();
      button("Same payment: discard this one", dialog()).click();
      await says("Discarded: $1,200.00 cash. The first one stands.");
      expect(app.root.querySelector("dialog")).toBeNull();
      expect(puts()).toHaveLength(1);
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });

    test("is asked about on its card when the dialog was closed without an answer", async () => {
      await logTwice();
      button("Close").click();
      await says("$1,200.00 cash: is it a second payment?");
      await says("1 may be logged already: $1,200.00 cash for Sunset sail");
      button("It is a second payment: log it too").click();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
      expect(puts()).toHaveLength(2);
    });
  });

  describe("of an unusual amount", () => {
    const Message = "$8,000.00 was typed, but $1,200.00 is due for this charter. Nothing was saved.";
    const puts = () =>
      app.calls.filter(({ method }) => method === "PUT").map(({ init }) => JSON.parse(String(init.body)));

    async function logMuch() {
      app.handle = (path, init) => {
        if (init.method !== "PUT") return list();
        const payment_id = path.split("/").at(-1) ?? "";
        const { amount_cents, unusual_ok } = JSON.parse(String(init.body));
        return amount_cents > 240_000 && !unusual_ok
          ? json(409, { Code: "UnusualAmount", Message, due_cents: 120_000 })
          : json(201, { payment: samplePayment({ payment_id, amount_cents }), event: charter });
      };
      await openDialog();
      type(".amount", "8000");
      app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
      await says(`Is this amount right?${Message}`);
    }

    test("is asked about, and logged as it is when that is right", async () => {
      await logMuch();
      expect(puts()[0]).toMatchObject({ ask_if_unusual: true, amount_cents: 800_000 });
      button("The amount is right: log it", dialog()).click();
      await says("Saved: $8,000.00 for Sunset sail.");
      const [asked, confirmed] = puts();
      expect({ ...confirmed, device_time: "" }).toEqual({ ...asked, device_time: "", unusual_ok: true });
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });

    test("is corrected in the form that was left", async () => {
      await logMuch();
      button("Correct it", dialog()).click();
      await says("How was it paid?");
      expect(app.root.querySelector<HTMLInputElement>(".amount")?.value).toBe("8000.00");
      type(".amount", "800");
      await submit();
      await says("Saved: $800.00 for Sunset sail.");
      expect(puts()[1]).not.toHaveProperty("unusual_ok");
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });

    test("is asked about on its card when the dialog was closed", async () => {
      await logMuch();
      button("Close").click();
      await says("1 to look at: $8,000.00 cash for Sunset sail");
      await says("$8,000.00 cash: is the amount right?");
      button("The amount is right: log it").click();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });
  });

  describe("without a time, on a device whose clock is 30 days slow", () => {
    const DAY_MS = 86_400_000;
    const server_ms = Date.now() + 30 * DAY_MS;
    const server_day = new Date(server_ms).toISOString().slice(0, 10);
    const told = { "Operator-Time": `${new Date(server_ms).toISOString()}[America/New_York]` };
    const puts = () =>
      app.calls.filter(({ method }) => method === "PUT").map(({ init }) => JSON.parse(String(init.body)));

    afterEach(() => {
      operatorClock.value = { timezone: "UTC", ahead_ms: 0 };
    });

    const logged = (path: string) => {
      const payment_id = path.split("/").at(-1) ?? "";
      return json(201, { payment: samplePayment({ payment_id }), event: charter }, told);
    };

    test("takes the server's time, and says so", async () => {
      app.handle = (path, init) => {
        const inHours = (hours: number) => new Date(server_ms + hours * 3_600_000).toISOString();
        const coming = sampleCharter({ starts_at: inHours(3), ends_at: inHours(7) });
        return init.method === "PUT" ? logged(path) : json(200, { events: [coming], next_cursor: null }, told);
      };
      session.begin("t1", false);
      open("/");
      await says("The clock of this device is 30 days slow. Times here are the server’s.");
      await vi.waitFor(() => button("Log payment for Sunset sail").click());
      await says("The server’s time: the clock of this device is 30 days slow.");
      app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
      await vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());
      expect(puts()[0].received_at.slice(0, 10)).toBe(server_day);
      expect(puts()[0].device_time.slice(0, 10)).toBe(server_day);
    });

    test("is asked about when the device learns it only then", async () => {
      app.handle = (path, init) => {
        if (init.method !== "PUT") return list();
        const { device_time } = JSON.parse(String(init.body));
        const Message = "The clock of this device is 30 days slow. Nothing was saved.";
        return device_time ? json(409, { Code: "DeviceClock", Message }, told) : logged(path);
      };
      await openDialog();
      app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
      await says(/Was it received at this time\?The clock .* 30 days slow.* By the server’s clock it was received/);
      button("The time is right: log it", dialog()).click();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
      const [asked, confirmed] = puts();
      expect(Date.parse(confirmed.received_at) - Date.parse(asked.received_at)).toBeGreaterThan(29.9 * DAY_MS);
    });
  });

  test("that was refused is discarded only after a question", async () => {
    app.handle = (_, init) =>
      init.method === "PUT" ? json(409, { Code: "Conflict", Message: "It is taken." }) : list();
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("Not saved. It is taken.");
    button("Cancel").click();
    await says("$1,200.00 cash: not accepted.");
    button("Discard…").click();
    await says("Discard $1,200.00 cash?");
    button("Keep").click();
    await settled();
    expect(outbox.entries.value).toHaveLength(1);
    button("Discard…").click();
    await says("Discard $1,200.00 cash?");
    button("Discard", dialog()).click();
    await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
  });

  test("after the browser has closed waits for the login, which says so", async () => {
    app.handle = (_, init) => {
      if (init.method === "PUT") throw new TypeError("Failed to fetch");
      return list();
    };
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("not sent yet. Waiting since");
    await says("The server cannot be reached.");
    session.leave();
    await says("1 payment on this device is not sent yet. Log in and it is sent.");
    const [entry] = outbox.entries.value;
    const payment = samplePayment({ payment_id: entry?.payment_id ?? "" });
    app.handle = (_, init) => (init.method === "PUT" ? json(201, { payment, event: charter }) : list());
    session.begin("t2", false);
    await outbox.flush();
    await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
  });

  test("that was a replay is read again", async () => {
    app.handle = (path, init) => {
      if (path === "/api/events/event-1") {
        const now = sampleCharter({ ...charter, balance: sampleBalance({ balance_due_cents: 0 }) });
        return json(200, { ...now, payments: [], waiver_records: [] });
      }
      if (init.method !== "PUT") return list();
      const payment_id = path.split("/").at(-1) ?? "";
      const body = { payment: samplePayment({ payment_id }), event: charter };
      return json(200, body, { "Idempotency-Replayed": "true" });
    };
    await openDialog();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await vi.waitFor(() => expect(app.root.querySelector(".row .money-lead")?.textContent).toBe("Paid"));
  });
});
