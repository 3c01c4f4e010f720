import { expect, test } from "vitest";
import { type Notation, notationOf, readAmount } from "../statement-file/amounts";
import { ordersOf, readDay } from "../statement-file/days";
import { Random } from "./random";

// --- amounts ------------------------------------------------------------------------------------

const languages: readonly [string, Notation][] = [
  ["en-US", "point"],
  ["en-GB", "point"],
  ["de-DE", "comma"],
  ["es-ES", "comma"],
  ["fr-FR", "comma"],
  ["pt-BR", "comma"],
  ["sv-SE", "comma"],
];

const forms: readonly Intl.NumberFormatOptions[] = [
  {},
  { useGrouping: false },
  { style: "currency", currency: "USD" },
  { style: "currency", currency: "USD", currencyDisplay: "code" },
  { style: "currency", currency: "USD", currencySign: "accounting", currencyDisplay: "narrowSymbol" },
];

/** Amounts of every length, below and above zero. */
function* amounts(): Generator<number> {
  for (let cents = -1100; cents <= 1100; cents++) yield cents;
  const random = new Random(17);
  for (let digits = 4; digits <= 13; digits++) {
    for (let count = 0; count < 60; count++) {
      const cents = random.whole(10 ** (digits - 1), 10 ** digits - 1);
      yield random.chance(0.5) ? cents : -cents;
    }
  }
}

test.each(languages)("an amount as %s writes it is read as the same cents", (language, notation) => {
  for (const form of forms) {
    const written = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2, ...form });
    for (const cents of amounts()) {
      // The decimal text, so that no fraction passes through a float.
      const text = `${cents < 0 ? "-" : ""}${String(Math.abs(cents)).padStart(3, "0").replace(/(..)$/, ".$1")}`;
      const printed = written.format(text as Intl.StringNumericLiteral);
      const mark = /US\$|\$US/.test(printed) ? printed.replace(/US\$|\$US/, "$") : printed;
      expect(readAmount(mark, "USD", notation), printed).toBe(cents);
    }
  }
});

test.each([
  ...["", " ", "-", "n/a", "#####", "1'200.00", "1’200.00", "1,2", "1,23.00", "12,34,567.00", "1.234", "1.2345", "--5"],
  ...["1,234.567", "12.00 or so", "4.39E+18", "1e3", "(5.00", "5.00)", "-(5.00)", "+-5", "5-5", "€12.00", "12.00 EUR"],
  ...[
    "1.234,56",
    "12,00",
    "0x10",
    "NaN",
    "Infinity",
    "999999999999999999.00",
    "twelve",
    "5.00.00",
    "$",
    "()",
    "1 200.00",
  ],
])("%j is not surely an amount in dollars and cents, and never 0", (text) => {
  expect(readAmount(text, "USD")).toBeNull();
});

test.each([
  ["+ $1,200.00", 120_000],
  ["- $150.00", -15_000],
  ["$-150.00", -15_000],
  ["150.00-", -15_000],
  ["($12.00)", -1200],
  ["−12.00", -1200],
  ["1200", 120_000],
  ["12.5", 1250],
  [".07", 7],
  ["-.07", -7],
  ["USD 12.00", 1200],
  ["0.00", 0],
])("%j is read as a bank means it", (text, cents) => {
  expect(readAmount(text, "USD")).toBe(cents);
});

test("a currency has the decimals that it has", () => {
  expect(readAmount("1,234", "JPY")).toBe(1234);
  expect(readAmount("1,234.50", "JPY")).toBeNull();
  expect(readAmount("1.234", "TND")).toBe(1234);
});

test("the notation is that in which more amounts can be read, and unknown where they do not tell", () => {
  expect(notationOf(["1,234.56", "12.00", "junk"], "USD")).toBe("point");
  expect(notationOf(["1.234,56", "12,00", "12.00"], "USD")).toBe("comma");
  expect(notationOf(["12", "1200"], "USD")).toBeNull();
});

// --- days ---------------------------------------------------------------------------------------

const DAY_MS = 86_400_000;

test.each([
  ["en-US", "mdy"],
  ["en-GB", "dmy"],
  ["de-DE", "dmy"],
  ["nl-NL", "dmy"],
  ["sv-SE", "ymd"],
  ["ja-JP", "ymd"],
] as const)("every day of eight years as %s writes it is read as that day", (language, order) => {
  const written = new Intl.DateTimeFormat(language, { timeZone: "UTC", dateStyle: "short" });
  const long = new Intl.DateTimeFormat(language, {
    timeZone: "UTC",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2028, 0, 1); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    expect(readDay(written.format(at), order)).toBe(day);
    expect(readDay(long.format(at), order)).toBe(day);
    expect(readDay(`${day}T23:59:59`, order)).toBe(day);
  }
});

test.each([
  "Oct 5, 2026",
  "October 5, 2026",
  "5 Oct 2026",
  "05-Oct-26",
  "Oct 5th, 2026",
  "20261005",
  "10/5/26 11:59 PM",
])("%j is the fifth of October", (text) => {
  expect(readDay(text, "mdy")).toBe("2026-10-05");
});

test.each([
  ...["", "11/31/2026", "31 Nov 2026", "2026-02-30", "02/29/2027", "13/13/2026", "10/5", "Oct 2026", "46296", "2026-1"],
  ...["00/10/2026", "10/00/2026", "10/10/1926", "10/10/20261", "yesterday", "2026-10-05 or so", "10.2026", "###"],
])("%j is not surely a day", (text) => {
  for (const order of ["mdy", "dmy", "ymd"] as const) expect(readDay(text, order)).toBeNull();
});

test("the order of day and month is found where one date tells it, and left open where none does", () => {
  expect(ordersOf(["10/05/2026", "10/25/2026"])).toEqual(["mdy"]);
  expect(ordersOf(["05.10.2026", "25.10.2026"])).toEqual(["dmy"]);
  expect(ordersOf(["2026-10-05"])).toContain("ymd");
  expect(ordersOf(["05/10/2026", "06/10/2026"])).toEqual(["mdy", "dmy"]);
});
