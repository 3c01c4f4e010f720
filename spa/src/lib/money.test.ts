import { afterEach, describe, expect, test, vi } from "vitest";
import { formatMoney, formatMoneyShort, parseMoney as parse, plainAmount } from "./money";

const LIMITS = { least: 1, most: 100_000_000 };
const parseMoney = (text: string, currency: string) => parse(text, currency, LIMITS);

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
    expect(parse("0", "USD", { ...LIMITS, least: 0 })).toEqual({ cents: 0 });
  });

  test("Indonesia's rupiah has cents by ISO 4217, whatever the browser's own table says", () => {
    expect(parseMoney("5000000", "IDR").error).toBe("The most is IDR\u00a01,000,000.00.");
    expect(parseMoney("50000.5", "IDR")).toEqual({ cents: 5_000_050 });
    expect(formatMoney(5_000_000, "IDR")).toBe("IDR\u00a050,000.00");
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

describe("an amount as it is shown reads back to the same minor units", () => {
  /** Where browsers go by custom: the digits of ISO 4217. Of all others the browser's own table says the same. */
  const ISO_DIGITS: Record<string, number> = {
    ...Object.fromEntries(
      "AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER".split(" ").map((code) => [code, 2]),
    ),
    IQD: 3,
  };
  /** Each writes groups, decimals or minus signs in its own way. */
  const LOCALES = ["en-US", "en-GB", "en-IN", "en-ZA", "en-CH", "en-DE", "en-AT", "en-SE"];

  // Other files' tests share the modules.
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test.each(LOCALES)("in every currency, shown in %s", async (locale) => {
    vi.stubGlobal("navigator", { languages: [locale] });
    vi.resetModules();
    const { formatMoney, formatMoneyShort } = await import("./money");
    const wrong: string[] = [];
    for (const currency of [...Intl.supportedValuesOf("currency"), "no currency"]) {
      const { digits, read } = reader(locale, currency);
      for (const cents of amounts()) {
        const full = formatMoney(cents, currency);
        const short = formatMoneyShort(cents, currency);
        const shortDigits = cents % 10 ** digits === 0 ? 0 : digits;
        if (read(full, digits) !== cents) wrong.push(`${cents} ${currency} in full: ${full}`);
        if (read(short, shortDigits) !== cents) wrong.push(`${cents} ${currency}, short: ${short}`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  /** Zero, small ones, every magnitude's round and odd ones, and random ones, of both signs. */
  function amounts(): number[] {
    const found = [0, 1, 7, 10, 99, 100, 101, 110, 999, 1_001];
    for (let power = 1; power <= 12; power++) {
      for (const first of [1, 3, 12.5]) found.push(first * 10 ** power);
      found.push(10 ** power - 1, 10 ** power + 1, Math.floor(Math.random() * 10 ** power));
    }
    return [...found, ...found.filter((cents) => cents > 0).map((cents) => -cents)];
  }

  /** Reads by what the browser itself says of the locale: its decimal sign, groups and currency. */
  function reader(locale: string, currency: string) {
    const style = /^[A-Z]{3}$/.test(currency)
      ? ({ style: "currency", currency } as const)
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    const format = new Intl.NumberFormat(locale, style);
    const digits = ISO_DIGITS[currency] ?? format.resolvedOptions().maximumFractionDigits ?? Number.NaN;
    const exact = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    const parts = new Intl.NumberFormat(locale, { ...style, ...exact }).formatToParts(-1_234_567.89);
    const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
    /** Minor units; NaN if there are not just this many digits after the decimal sign. */
    const read = (text: string, shown: number): number => {
      let bare = text.replace(part("currency"), "").replaceAll(part("group"), "");
      bare = bare.replaceAll(/[\s\u200e\u200f]/g, "").replace(/^(.*)[-−](.*)$/, "-$1$2");
      const [whole = "", fraction = ""] = shown > 0 ? bare.split(part("decimal")) : [bare];
      if (!/^-?\d+$/.test(whole) || fraction.length !== shown) return Number.NaN;
      return Number(whole + fraction.padEnd(digits, "0")) + 0;
    };
    return { digits, read };
  }
});
