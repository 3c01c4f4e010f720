import { describe, expect, test } from "vitest";
import { formatMoney, formatMoneyShort, parseMoney, plainAmount } from "./money";

describe("reading an amount", () => {
  test.each([
    ["500", 50_000],
    ["500.", 50_000],
    ["500.5", 50_050],
    ["1,234.56", 123_456],
    ["$1,234.56", 123_456],
    ["US$ 12.30", 1_230],
    ["12.30 USD", 1_230],
    [" 1 234.00 ", 123_400],
    ["0.07", 7],
    ["0000.29", 29],
    ["1000000", 100_000_000],
  ])("%s is %i cents", (text, cents) => {
    expect(parseMoney(text, "USD")).toEqual({ cents });
  });

  test("amounts that floats get wrong are right", () => {
    for (let cents = 1; cents < 20_000; cents += 7) {
      expect(parseMoney(plainAmount(cents, "USD"), "USD")).toEqual({ cents });
    }
    expect(parseMoney("1.005", "USD").error).toMatch("2 digits");
    expect(parseMoney("19.99", "USD")).toEqual({ cents: 1999 });
  });

  test.each(["", "abc", "-5", "−5", "1e3", "1.2.3", "0x10", "12,34,567", "5 dollars", "0", "0.00"])(
    "%j is refused with a sentence",
    (text) => {
      expect(parseMoney(text, "USD").error).toMatch(/\.$/);
    },
  );

  test("a decimal comma is not guessed at", () => {
    expect(parseMoney("12,50", "USD").error).toBe("Write cents after a point, like 1250.50.");
  });

  test("more than the ledger takes is refused", () => {
    expect(parseMoney("1000000.01", "USD").error).toBe("The most is $1,000,000.00.");
    expect(parseMoney("9".repeat(40), "USD").error).toBe("The most is $1,000,000.00.");
  });

  test("a fee may be zero", () => {
    expect(parseMoney("0", "USD", { allowZero: true })).toEqual({ cents: 0 });
  });

  test("a currency without cents takes none", () => {
    expect(parseMoney("1250", "JPY")).toEqual({ cents: 1250 });
    expect(parseMoney("1250.5", "JPY").error).toBe("This currency has no cents.");
  });
});

test("amounts are shown to the cent", () => {
  expect(formatMoney(123_456, "USD")).toBe("$1,234.56");
  expect(formatMoney(-7, "USD")).toBe("−$0.07");
  expect(formatMoney(1250, "JPY")).toBe("¥1,250");
  expect(formatMoneyShort(120_000, "USD")).toBe("$1,200");
  expect(formatMoneyShort(120_010, "USD")).toBe("$1,200.10");
  expect(formatMoneyShort(2_000, "JPY")).toBe("¥2,000");
  expect(plainAmount(5, "USD")).toBe("0.05");
  expect(plainAmount(-5, "USD")).toBe("-0.05");
});
