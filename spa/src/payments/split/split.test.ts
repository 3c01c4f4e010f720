import { describe, expect, test } from "vitest";
import type { OutboxEntry } from "../../data/outbox-entry";
import { sampleBalance, sampleCharter } from "../../testing/samples";
import { paymentForm } from "../payment-form";
import { addPart, afterText, changePart, type Part, partsOf, readParts, removePart, startParts } from "./split";

const charter = sampleCharter({ balance: sampleBalance({ balance_due_cents: 85_001 }) });
const shared = { received_at: "2026-07-04T20:00:00Z", notify: true, ask_if_duplicate: true, ask_if_unusual: true };
const begin = (change: object = {}, withTip = false) =>
  startParts(charter, { ...paymentForm(charter), ...change }, withTip);
const short = (parts: readonly Part[]) => parts.map(({ kind, method, amount }) => `${kind} ${method} ${amount}`);

describe("a split", () => {
  test("begins with two halves that make the whole to the cent, of two methods", () => {
    expect(short(begin({ method: "venmo" }))).toEqual(["balance venmo 425.01", "balance cash 425.00"]);
    expect(short(begin())).toEqual(["balance cash 425.01", "balance venmo 425.00"]);
  });

  test("of an amount that was typed halves that", () => {
    expect(short(begin({ amount: "300", method: "cash", kind: "deposit" }))).toEqual([
      "deposit cash 150.00",
      "deposit venmo 150.00",
    ]);
  });

  test("gives what is left to the last part until that is typed", () => {
    const [one, two] = begin({ method: "cash" }) as [Part, Part];
    const changed = changePart([one, two], one.key, { amount: "500" }, charter);
    expect(short(changed)).toEqual(["balance cash 500", "balance venmo 350.01"]);
    const typed = changePart(changed, two.key, { amount: "300" }, charter);
    expect(short(changePart(typed, one.key, { amount: "600" }, charter))).toEqual([
      "balance cash 600",
      "balance venmo 300",
    ]);
    expect(short(addPart(typed, "balance", charter)).at(-1)).toBe("balance check 50.01");
  });

  test("of an amount that was typed stays that amount, whatever was typed in between", () => {
    const halves = begin({ amount: "300", method: "cash" });
    for (const amount of ["2", "20", "2000", "200"]) halves.splice(0, 2, ...changePart(halves, 0, { amount }, charter));
    expect(short(halves)).toEqual(["balance cash 200", "balance venmo 100.00"]);
    expect(afterText(halves, charter)).toBe("$550.01 still due, Venmo to clear");
  });

  test("takes tips by the methods of the parts, last of all", () => {
    const halves = begin({ method: "venmo" });
    const tipped = addPart(addPart(halves, "tip", charter), "tip", charter);
    expect(short(tipped).slice(2)).toEqual(["tip venmo ", "tip cash "]);
    expect(short(addPart(tipped, "balance", charter)).map((text) => text.split(" ")[0])).toEqual([
      ...["balance", "balance", "balance", "tip", "tip"],
    ]);
  });

  test("beside a tip keeps the payment that was being typed", () => {
    expect(short(begin({ amount: "850.01", method: "check", reference: "204" }, true))).toEqual([
      "balance check 850.01",
      "tip check ",
    ]);
  });

  test("less a part gives its amount to the part that takes the rest", () => {
    const three = addPart(begin({ method: "cash" }), "balance", charter);
    expect(short(removePart(three, 0, charter)).at(-1)).toBe("balance check 425.01");
  });

  test("says what is then due, and what has to clear", () => {
    const halves = begin({ method: "cash" });
    expect(afterText(halves, charter)).toBe("Paid in full, Venmo to clear");
    expect(afterText(addPart(halves, "tip", charter), charter)).toBe("Paid in full, Venmo to clear");
    const [one, two] = halves as [Part, Part];
    const typed = (amount: string) => [one, { ...two, amount, method: "cash" as const }];
    expect(afterText(typed("400"), charter)).toBe("$25.00 still due");
    expect(afterText(typed("500"), charter)).toBe("$75.00 more than is due");
  });
});

describe("what is sent", () => {
  test("is the first payment, and the others under ids of their own", () => {
    const [one, two] = begin({ method: "venmo", payer: "Carl" }) as [Part, Part];
    const tip = { ...two, key: 2, kind: "tip" as const, amount: "50", payer: " Ana Reyes ", reference: " T-1 " };
    const { request, rest } = readParts([one, two, tip], charter, shared, ["id-1", "id-2"]);
    expect(request).toEqual({ ...shared, kind: "balance", method: "venmo", amount_cents: 42_501, payer: "Carl" });
    expect(rest).toEqual([
      { payment_id: "id-1", kind: "balance", method: "cash", amount_cents: 42_500 },
      // The patron's name need not travel.
      { payment_id: "id-2", kind: "tip", method: "cash", amount_cents: 5_000, reference: "T-1" },
    ]);
  });

  test("comes back as it was typed when it is refused", () => {
    const [one, two] = begin({ method: "check", reference: "204", payer: "Carl" }) as [Part, Part];
    const read = readParts([one, two], charter, shared, ["id-1"]);
    if (!read.request) throw new Error("the parts are right");
    const entry = { request: read.request, rest: read.rest, currency: "USD" } as unknown as OutboxEntry;
    expect(readParts(partsOf(entry), charter, shared, ["id-1"])).toEqual(read);
  });

  test("is nothing as long as an amount is wrong, which is named by its part", () => {
    const tipped = addPart(begin({ method: "cash" }), "tip", charter);
    expect(readParts(tipped, charter, shared, ["a", "b"]).errors).toEqual({
      "payments.2.amount_cents": "Enter an amount.",
    });
    const wrong = changePart(tipped, 0, { amount: "12,50" }, charter);
    expect(Object.keys(readParts(wrong, charter, shared, []).errors ?? {})).toEqual([
      "payments.0.amount_cents",
      "payments.2.amount_cents",
    ]);
  });
});
