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

  const isClosed = () => vi.waitFor(() => expect(app.root.querySelector("dialog")).toBeNull());

  /** The network is back. */
  async function sendAll() {
    app.handle = (path, init) => {
      const payment = samplePayment({ payment_id: path.split("/").at(-1) ?? "" });
      return init.method === "PUT" ? json(201, { payment, event: charter }) : list();
    };
    await outbox.flush();
    expect(outbox.entries.value).toEqual([]);
  }

  async function openDialog() {
    session.begin("t1", false);
    open("/");
    await says("Sunset sail");
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
    const Message = "$2,000.00 was typed, but $500.00 is due for this charter. Nothing was saved.";
    const puts = () =>
      app.calls.filter(({ method }) => method === "PUT").map(({ init }) => JSON.parse(String(init.body)));

    /** Another desk has logged something meanwhile: this device believes that 1,200.00 is due. */
    async function logMuch(amount = "2000") {
      app.handle = (path, init) => {
        if (init.method !== "PUT") return list();
        const payment_id = path.split("/").at(-1) ?? "";
        const { amount_cents, unusual_ok } = JSON.parse(String(init.body));
        return amount_cents > 100_000 && !unusual_ok
          ? json(409, { Code: "UnusualAmount", Message, due_cents: 50_000 })
          : json(201, { payment: samplePayment({ payment_id, amount_cents }), event: charter });
      };
      await openDialog();
      type(".amount", amount);
      app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
    }
    const isAsked = () => says(`Is this amount right?${Message}`);

    test("is asked about in the form when the device knows it, and not sent before", async () => {
      await logMuch("8500");
      await says("7 times what is due. With $8,500 Ana Reyes has paid $7,300 too much.");
      expect(button("Answer above first", dialog())).toBeDefined();
      expect(puts()).toEqual([]);
      button("It is $8,500", dialog()).click();
      await says("Log $8,500 cash");
      await submit();
      await says("Saved: $8,500.00 for Sunset sail.");
      expect(puts()[0]).toMatchObject({ amount_cents: 850_000, unusual_ok: true });
    });

    test("becomes what is due at one tap", async () => {
      await logMuch("12000");
      button("Make it $1,200", dialog()).click();
      await says("Log $1,200 cash");
      expect(text()).not.toMatch("times what is due");
    });

    test("is asked about by the server, and logged as it is when that is right", async () => {
      await logMuch();
      await isAsked();
      expect(puts()[0]).toMatchObject({ ask_if_unusual: true, amount_cents: 200_000 });
      button("The amount is right: log it", dialog()).click();
      await says("Saved: $2,000.00 for Sunset sail.");
      const [asked, confirmed] = puts();
      expect({ ...confirmed, device_time: "" }).toEqual({ ...asked, device_time: "", unusual_ok: true });
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });

    test("is corrected in the form that was left", async () => {
      await logMuch();
      await isAsked();
      button("Correct it", dialog()).click();
      await says("How was it paid?");
      expect(app.root.querySelector<HTMLInputElement>(".amount")?.value).toBe("2000.00");
      type(".amount", "800");
      await submit();
      await says("Saved: $800.00 for Sunset sail.");
      expect(puts()[1]).not.toHaveProperty("unusual_ok");
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });

    test("is asked about on its card when the dialog was closed", async () => {
      await logMuch();
      await isAsked();
      button("Close").click();
      await says("1 to look at: $2,000.00 cash for Sunset sail");
      await says("$2,000.00 cash: is the amount right?");
      button("The amount is right: log it").click();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
    });
  });

  describe("in several parts", () => {
    const puts = () => app.calls.filter(({ method }) => method === "PUT");
    const logged = (init: RequestInit) => {
      const { payments } = JSON.parse(String(init.body));
      return json(201, { payments: payments.map((row: object) => samplePayment(row)), event: charter });
    };

    async function split() {
      await openDialog();
      app.root.querySelector<HTMLInputElement>("input[value=venmo]")?.click();
      await says("Log $1,200 Venmo");
      button("Split", dialog()).click();
      await says("Paid with");
      for (const tip of ["60", "40"]) {
        button(tip === "60" ? "Add a tip" : "Another tip", dialog()).click();
        await settled();
        const amounts = dialog().querySelectorAll<HTMLInputElement>(".part-amount");
        const last = amounts[amounts.length - 1] as HTMLInputElement;
        last.value = tip;
        last.dispatchEvent(new Event("input", { bubbles: true }));
      }
      await says("Log $1,300 in 4 parts");
    }

    test("is one batch, and the second try is the same one", async () => {
      let tries = 0;
      app.handle = (_, init) => {
        if (init.method !== "PUT") return list();
        tries += 1;
        if (tries > 1) return logged(init);
        const Fields = { "payments[2].amount_cents": "must be less" };
        return json(400, { Code: "BadInput", Message: "Please correct.", Fields });
      };
      await split();
      await submit();
      await says("Must be less.");
      await submit();
      await says("Saved: $1,300.00 for Sunset sail.");
      const [one, two] = puts();
      expect(one?.path).toMatch(/^\/api\/events\/event-1\/payment-batches\/[0-9a-f-]{36}$/);
      expect(two?.path).toBe(one?.path);
      const { payments, device_time, ...body } = JSON.parse(String(two?.init.body));
      expect(body).toEqual({ notify: true, ask_if_duplicate: true, ask_if_unusual: true, unusual_ok: false });
      expect(payments.map((row: Record<string, unknown>) => [row.kind, row.method, row.amount_cents])).toEqual([
        ["balance", "venmo", 60_000],
        ["balance", "cash", 60_000],
        ["tip", "venmo", 6_000],
        ["tip", "cash", 4_000],
      ]);
      expect(new Set(payments.map((row: Record<string, unknown>) => row.payment_id)).size).toBe(4);
      expect(new Set(payments.map((row: Record<string, unknown>) => row.received_at)).size).toBe(1);
      // A second may lie between the two tries; received is what is logged now, when it is logged.
      const timeless = (rows: object[]) => rows.map((row) => ({ ...row, received_at: "" }));
      expect(timeless(JSON.parse(String(one?.init.body)).payments)).toEqual(timeless(payments));
    });

    test("waits offline like a payment, as one, and is sent as it was", async () => {
      let offline = true;
      app.handle = (_, init) => {
        if (init.method !== "PUT") return list();
        if (offline) throw new TypeError("Failed to fetch");
        return logged(init);
      };
      await split();
      await submit();
      await says(/\$1,300.00 in 4 parts: not sent yet. Waiting since .+ The server cannot be reached./);
      await says(/1 not sent yet: \$1,300.00 in 4 parts for Sunset sail, since \d/);
      expect(outbox.entries.value).toHaveLength(1);
      offline = false;
      await outbox.flush();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
      const sent = puts().map(({ path, init }) => [path, JSON.parse(String(init.body)).payments]);
      expect(sent.at(-1)).toEqual(sent[0]);
    });

    test("asked about one of them names it, and goes on with that one beside the first", async () => {
      const duplicate = samplePayment({
        payment_id: "first",
        method: "cash",
        amount_cents: 60_000,
        recorded_by: "Ben",
      });
      app.handle = (path, init) => {
        if (path === "/api/events/event-1") return json(200, { ...charter, payments: [duplicate], waiver_records: [] });
        if (init.method !== "PUT") return list();
        const { payments } = JSON.parse(String(init.body));
        const known = payments.some((row: object) => "duplicate_of" in row);
        return known ? logged(init) : json(409, { Code: "PossibleDuplicate", Message: "Logged.", duplicate });
      };
      await split();
      await submit();
      await says(/Is this a second payment\?\$600.00 cash was logged for this charter by Ben/);
      button("It is a second payment: log it too", dialog()).click();
      await vi.waitFor(() => expect(outbox.entries.value).toEqual([]));
      const { payments } = JSON.parse(String(puts().at(-1)?.init.body));
      expect(payments.map((row: Record<string, unknown>) => row.duplicate_of)).toEqual([
        ...[undefined, "first", undefined, undefined],
      ]);
    });
  });

  describe("of a patron without an email", () => {
    const shy = { ...charter, patron: { ...charter.patron, email: "" } };

    async function logFor(handle: (path: string, init: RequestInit) => Response) {
      app.handle = (path, init) =>
        init.method === "PUT" || init.method === "PATCH"
          ? handle(path, init)
          : json(200, { events: [shy], next_cursor: null });
      await openDialog();
      type("input[type=email]", "ana@example.com");
      app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
      await submit();
    }

    test("keeps the address that is typed before it logs, so that the receipt goes there", async () => {
      const sent: [string, unknown][] = [];
      await logFor((path, init) => {
        const body = JSON.parse(String(init.body));
        sent.push([init.method ?? "", body]);
        if (init.method === "PATCH") return json(200, { ...shy, ...body, version: 2 });
        return json(201, { payment: samplePayment({ payment_id: path.split("/").at(-1) ?? "" }), event: charter });
      });
      await says("Saved: $500.00 for Sunset sail.");
      expect(sent).toEqual([
        ["PATCH", { version: 1, patron: { ...shy.patron, email: "ana@example.com" } }],
        ["PUT", expect.objectContaining({ notify: true })],
      ]);
    });

    test("logs nothing when the address is refused, and says so beside it", async () => {
      await logFor(() =>
        json(400, { Code: "BadInput", Message: "No.", Fields: { "patron.email": "is not an address" } }),
      );
      await says("Is not an address.");
      expect(outbox.entries.value).toEqual([]);
      expect(app.calls.some(({ method }) => method === "PUT")).toBe(false);
    });
  });

  test("without a network logs the payment alone when it is logged again, and keeps no address", async () => {
    const shy = { ...charter, patron: { ...charter.patron, email: "" } };
    app.handle = (_, init) => {
      if (init.method === "PATCH" || init.method === "PUT") throw new TypeError("Failed to fetch");
      return json(200, { events: [shy], next_cursor: null });
    };
    await openDialog();
    type("input[type=email]", "ana@example.com");
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("No connection: it cannot be kept now.");
    expect(outbox.entries.value).toEqual([]);
    await submit();
    await says("$1,200.00 is not sent yet.");
    const [entry] = outbox.entries.value;
    expect(entry?.request).toMatchObject({ amount_cents: 120_000, notify: true });
    expect(JSON.stringify(entry)).not.toMatch("ana@");
    await sendAll();
  });

  test("counts what is not sent yet: what comes after all of it is a tip", async () => {
    app.handle = (_, init) => {
      if (init.method === "PUT") throw new TypeError("Failed to fetch");
      return json(200, { events: [charter], next_cursor: null });
    };
    await openDialog();
    button("Half, $600", dialog()).click();
    app.root.querySelector<HTMLInputElement>("input[value=cash]")?.click();
    await submit();
    await says("$600.00 is not sent yet.");
    await isClosed();
    button(`Log payment for ${charter.title}`).click();
    await says("$600.00 due with what is not sent yet");
    app.root.querySelector<HTMLInputElement>("input[value=check]")?.click();
    await says("Log $600 check");
    await submit();
    await says("2 not sent yet");
    await isClosed();
    button(`Log payment for ${charter.title}`).click();
    await says("Paid in full with what is not sent yet");
    await says("Received now, from Ana Reyes, as tip");
    await sendAll();
  });

  test("on a settled charter is a tip, and asks when it is said to be the balance", async () => {
    const paid = { ...charter, payment_cleared: true, balance: sampleBalance({ balance_due_cents: 0 }) };
    app.handle = () => json(200, { events: [paid], next_cursor: null });
    await openDialog();
    await says("Received now, from Ana Reyes, as tip");
    type(".amount", "50");
    button("Change", dialog()).click();
    await says("What is it for?");
    app.root.querySelector<HTMLInputElement>("input[value=balance]")?.click();
    await says("Nothing is due. With $50 Ana Reyes has paid $50 too much.");
    button("It is a tip", dialog()).click();
    await says("Log $50 tip");
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
