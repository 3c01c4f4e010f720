import { describe, expect, test } from "vitest";
import { samplePayment } from "../../testing/samples";
import { age, clearedAt, eachOf, sumText, waitingText } from "./clearing";

const BAY = "America/Los_Angeles";
const check = samplePayment({ method: "check", received_at: "2026-11-20T06:30:00Z" });

describe("the age of what is not cleared", () => {
  test("counts the operator's days, not hours", () => {
    // The evening of the 19th at the bay.
    expect(age(check, new Date("2026-11-20T07:00:00Z"), BAY).text).toBe("today");
    expect(age(check, new Date("2026-11-20T09:00:00Z"), BAY).text).toBe("1 day");
  });

  test("a check older than five days should have cleared, and says so", () => {
    const on = (day: string) => age(check, new Date(`2026-11-${day}T20:00:00Z`), BAY);
    expect(on("24")).toEqual({ text: "5 days", late: false });
    expect(on("25")).toEqual({ text: "6 days: should have cleared", late: true });
  });

  test("only checks are late", () => {
    const zelle = samplePayment({ ...check, method: "zelle" });
    expect(age(zelle, new Date("2026-12-20T20:00:00Z"), BAY)).toEqual({ text: "31 days", late: false });
  });

  test("a clock that is behind makes nothing younger than today", () => {
    expect(age(check, new Date("2026-11-18T20:00:00Z"), BAY).text).toBe("today");
  });
});

describe("the day of clearing", () => {
  const now = new Date("2026-11-25T20:00:00Z");

  test("no day and today mean now, which the server knows best", () => {
    expect(clearedAt("", check, now, BAY)).toBeUndefined();
    expect(clearedAt("2026-11-25", check, now, BAY)).toBeUndefined();
  });

  test("another day means its noon, but never a moment before the money came", () => {
    expect(clearedAt("2026-11-23", check, now, BAY)).toBe("2026-11-23T20:00:00Z");
    expect(clearedAt("2026-11-19", check, now, BAY)).toBe("2026-11-20T06:30:00Z");
  });

  test("neither the future nor a day before the money came is taken", () => {
    expect(() => clearedAt("2026-11-26", check, now, BAY)).toThrow("in the future");
    expect(() => clearedAt("2026-11-18", check, now, BAY)).toThrow("received after that day");
  });
});

test("what waits to clear is what came, as the ledger counts it, and refunds apart", () => {
  const came = samplePayment({ amount_cents: 406_000 });
  const gave = samplePayment({ kind: "refund", amount_cents: 13_000 });
  expect(waitingText([came])).toBe("$4,060.00");
  expect(waitingText([came, gave])).toBe("$4,060.00, and $130.00 given back");
  expect(waitingText([gave])).toBe("$130.00 given back");
});

test("sums keep currencies apart and take refunds off", () => {
  const euro = samplePayment({ currency: "EUR", amount_cents: 30_000 });
  expect(sumText([check, euro, check])).toBe("$1,000.00 and €300.00");
  expect(sumText([check, samplePayment({ kind: "refund", amount_cents: 20_000 })])).toBe("$300.00");
  expect(sumText([])).toBe("");
});

test("many are worked on a few at a time, each once", async () => {
  const done: number[] = [];
  let working = 0;
  let most = 0;
  await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++working);
    await Promise.resolve();
    working--;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});
