import { afterEach, describe, expect, test, vi } from "vitest";
import { minorDigits } from "./currencies";
import { formatMoney, formatMoneyShort, parseMoney as parse, plainAmount } from "./money";

const LIMITS = { least: 1, most: 100_000_000_000 };
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
    ["1\u202f234.00", 123_400],
    ["1’234.50", 123_450],
    ["1,234", 123_400],
    ["12,345,678.90", 1_234_567_890],
    ["１，２３４．５０", 123_450],
    ["\u202a$12.30\u202c", 1_230],
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

  describe("what could be read in two ways is asked about, and never guessed", () => {
    const asked = (currency: string, example: string) => ({
      currency,
      error: `Write cents after a point, like ${example}.`,
    });
    const two = asked("EUR", "1250.50");
    const three = asked("TND", "1250.500");
    const four = asked("CLF", "1250.5000");

    test.each([
      ...["12,50", "0,500", "00,500", "012,500", "1,25", "12,5", "1,2500", "1.234,56", "12,34,567", "1,234,56"].map(
        (text) => [text, two] as const,
      ),
      ...["12,500", "0,500", "1,250", "999,999", "12,50", "1.250,500", "1234,500"].map(
        (text) => [text, three] as const,
      ),
      ...["12,500", "1,2500", "0,5000"].map((text) => [text, four] as const),
    ])("%s with $currency", (text, { currency, error }) => {
      expect(parseMoney(text, currency)).toEqual({ error });
    });

    test.each(["12 50", "1 2345", "1.234.567", "1'23", "12 34,50", "1,234 567"])("%s is no number", (text) => {
      expect(parseMoney(text, "USD").error).toMatch(/^Write .*, like 1250.50\.$/);
    });

    test("two groups of three can be nothing but thousands, in any currency", () => {
      expect(parseMoney("1,234,500", "TND")).toEqual({ cents: 1_234_500_000 });
      expect(parseMoney("12 500", "TND")).toEqual({ cents: 12_500_000 });
      expect(parseMoney("12.500", "TND")).toEqual({ cents: 12_500 });
    });
  });

  test("an amount in the currency of another charter is asked about", () => {
    for (const [text, currency] of [
      ["€500", "USD"],
      ["500 EUR", "USD"],
      ["$500", "EUR"],
      ["A$500", "CAD"],
      ["500 kr", "USD"],
    ] as const) {
      const error = `This charter’s currency is ${currency}. Write the amount as a number, like 1250.50.`;
      expect(parseMoney(text, currency)).toEqual({ error });
    }
    for (const text of ["$500", "CA$500", "C$ 500", "cad 500", "500 CAD"]) {
      expect(parseMoney(text, "CAD")).toEqual({ cents: 50_000 });
    }
  });

  test("more than the ledger takes is refused", () => {
    expect(parseMoney("1000000000.01", "USD").error).toBe("The most is $1,000,000,000.00.");
    expect(parseMoney("9".repeat(40), "USD").error).toBe("The most is $1,000,000,000.00.");
  });

  test("a fee may be zero", () => {
    expect(parse("0", "USD", { ...LIMITS, least: 0 })).toEqual({ cents: 0 });
  });

  test("Indonesia's rupiah has cents by ISO 4217, whatever the browser's own table says", () => {
    expect(parseMoney("5000000", "IDR")).toEqual({ cents: 500_000_000 });
    expect(parseMoney("50000.5", "IDR")).toEqual({ cents: 5_000_050 });
    expect(formatMoney(500_000_000, "IDR")).toBe("IDR\u00a05,000,000.00");
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

describe("amounts of every currency and magnitude, against the browser's own tables of numbers", () => {
  /** Where browsers go by custom: the digits of ISO 4217. Of all others the browser's own table says the same. */
  const ISO_DIGITS: Record<string, number> = {
    ...Object.fromEntries(
      "AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER".split(" ").map((code) => [code, 2]),
    ),
    IQD: 3,
  };
  /** The letters of these are not a sign that everybody knows: they are written with their code. */
  const WITH_CODE = ["XAF", "XCG", "XOF", "XPF"];
  const LOCALES = ["en-US", "de-DE", "es-MX", "ja-JP", "en-IN", "de-CH", "fr-FR"];
  const currencies = Intl.supportedValuesOf("currency").filter((code) => !code.startsWith("XT"));

  /** Zero, small ones, every magnitude's round and odd ones, and random ones, of both signs. */
  const amounts = [0, 1, 7, 10, 99, 100, 101, 110, 999, 1_001];
  for (let power = 1; power <= 11; power++) {
    for (const first of [1, 3, 12.5]) amounts.push(Math.min(first * 10 ** power, LIMITS.most));
    amounts.push(10 ** power - 1, Math.min(10 ** power + 1, LIMITS.most), Math.floor(Math.random() * 10 ** power));
  }
  const signed = [...amounts, ...amounts.filter((cents) => cents > 0).map((cents) => -cents)];

  const digitsOf = (currency: string) =>
    ISO_DIGITS[currency] ??
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ??
    Number.NaN;

  function written(locale: string, cents: number, currency: string, short = false): string {
    const digits = digitsOf(currency);
    const exact = plainAmount(cents, currency) as Intl.StringNumericLiteral;
    const fraction = short && cents % 10 ** digits === 0 ? 0 : digits;
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: WITH_CODE.includes(currency) ? "code" : "symbol",
      minimumFractionDigits: fraction,
      maximumFractionDigits: fraction,
    }).format(exact);
  }

  test("they are written as American English has them", () => {
    const wrong: string[] = [];
    for (const currency of currencies) {
      expect([currency, minorDigits(currency)]).toEqual([currency, digitsOf(currency)]);
      for (const cents of signed) {
        const shown = formatMoney(cents, currency);
        const expected = written("en-US", cents, currency).replace("-", "−");
        if (shown !== expected) wrong.push(`${cents} ${currency}: ${shown}, not ${expected}`);
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test("in full and short they read back as the same minor units", () => {
    const wrong: string[] = [];
    for (const currency of currencies) {
      for (const cents of amounts.filter((cents) => cents > 0)) {
        for (const shown of [
          formatMoney(cents, currency),
          formatMoneyShort(cents, currency),
          plainAmount(cents, currency),
        ]) {
          if (parseMoney(shown, currency).cents !== cents) wrong.push(`${cents} ${currency}: ${shown}`);
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  test.each(LOCALES)("typed as %s writes them, they are read right or asked about", (locale) => {
    const wrong: string[] = [];
    let read = 0;
    for (const currency of currencies) {
      for (const cents of amounts.filter((cents) => cents > 0)) {
        for (const short of [false, true]) {
          const typed = written(locale, cents, currency, short);
          const parsed = parseMoney(typed, currency);
          if (parsed.cents !== undefined) read++;
          // A point with three figures behind it is the one form that two people write for two amounts.
          const isPoint = minorDigits(currency) > 2 && /^\D*\d{1,3}\.\d{3}\D*$/.test(typed);
          if (parsed.error === undefined && parsed.cents !== cents && !isPoint) wrong.push(`${cents}: ${typed}`);
        }
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(read).toBeGreaterThan(100);
  });

  describe("whatever a browser's languages and tables are", () => {
    // Other files' tests share the modules.
    afterEach(() => {
      vi.unstubAllGlobals();
      vi.resetModules();
    });

    test.each(["en-IN", "de-DE", "es-MX", "ja-JP", "ar-EG"])("%s shows the same text", async (language) => {
      vi.stubGlobal("navigator", { languages: [language, "en-ZA"] });
      vi.stubGlobal("Intl", { ...Intl, NumberFormat: undefined });
      vi.resetModules();
      const { formatMoney, formatMoneyShort } = await import("./money");
      expect(formatMoney(123_456_789, "EUR")).toBe("€1,234,567.89");
      expect(formatMoneyShort(300_000, "USD")).toBe("$3,000");
      expect(formatMoneyShort(300_000, "HUF")).toBe("HUF\u00a03,000");
      expect(formatMoneyShort(3_000, "JPY")).toBe("¥3,000");
      expect(formatMoneyShort(3_000_000, "KWD")).toBe("KWD\u00a03,000.000");
    });
  });
});
