import { expect, test } from "vitest";
import type { GroupTotals, PeriodTotals, Summary } from "../../data/contract";
import { sampleTotals } from "../../testing/samples";
import { anyCharters } from "./of-charters";
import {
  barLengths,
  columns,
  currenciesOf,
  inCurrency,
  netCents,
  periodName,
  reportRows,
  shownPeriods,
  tooLong,
} from "./report";

const november = sampleTotals(
  {
    received_cents: 120_000,
    refunded_cents: 20_000,
    tips_cents: 5_000,
    uncleared_cents: 40_000,
    count: 4,
    by_method: { check: 40_000, cash: 65_000 },
    by_kind: { deposit: 40_000, balance: 80_000, tip: 5_000, refund: 20_000 },
  },
  [sampleTotals({ currency: "EUR", received_cents: 30_000, count: 1 })],
);
const period = (from: string, totals = sampleTotals()): PeriodTotals => ({ from, to: from, totals });
const read = (view: Parameters<typeof columns>[0]) =>
  columns(view, november).map(({ name, cents }) => [name, cents(november)]);

test("the sums of a period: tips and what is to clear stand apart from what is kept", () => {
  expect(read("sums")).toEqual([
    ["Received", 120_000],
    ["Given back", 20_000],
    ["Kept", 100_000],
    ["Tips besides", 5_000],
    ["To clear", 40_000],
  ]);
});

test("methods add up to the net and the tips; those without money are left out", () => {
  expect(read("methods")).toEqual([
    ["Cash", 65_000],
    ["Check", 40_000],
    ["Together", 105_000],
  ]);
  expect(netCents(november) + november.tips_cents).toBe(105_000);
});

test("kinds come in the order of the payment dialog", () => {
  expect(read("kinds").map(([name]) => name)).toEqual(["Deposits", "Balances", "Tips", "Refunds"]);
});

test("another currency is a report of its own, with nothing in the periods that lack it", () => {
  const summary: Summary = {
    by: "month",
    timezone: "UTC",
    periods: [period("2026-10-01"), period("2026-11-01", november)],
    groups: [],
    totals: november,
  };
  expect(currenciesOf(summary)).toEqual(["USD", "EUR"]);
  expect(summary.periods.map(({ totals }) => inCurrency(totals, "EUR").received_cents)).toEqual([0, 30_000]);
});

test("periods are called by their length", () => {
  const week = { ...period("2026-11-23"), to: "2026-11-29" };
  expect(periodName(week, "month")).toBe("November 2026");
  expect(periodName(week, "week")).toMatch(/^Nov 23\s–\s29, 2026$/);
  expect(periodName(week, "day")).toMatch(/^Mon, Nov 23/);
});

test("a range of many years is not reported day by day", () => {
  const range = { from: "2025-01-01", to: "2026-02-04" };
  expect(tooLong(range, "day")).toBe("");
  expect(tooLong({ ...range, to: "2026-02-05" }, "day")).toMatch("at most 400 days");
  expect(tooLong({ ...range, to: "2026-12-31" }, "week")).toBe("");
});

test("days to come are not reported unless something is already in them, nor single days without a payment", () => {
  const early = { ...period("2026-11-27"), totals: sampleTotals({ count: 1 }) };
  const all = [period("2026-11-24"), period("2026-11-25"), period("2026-11-26"), early];
  const shown = (by: "day" | "week", currency = "USD") => {
    const summary = { by, timezone: "UTC", periods: all, groups: [], totals: november };
    return shownPeriods(summary, currency, "2026-11-25").map(({ from }) => from);
  };
  expect(shown("week")).toEqual(["2026-11-24", "2026-11-25", "2026-11-27"]);
  expect(shown("day")).toEqual(["2026-11-27"]);
  expect(shown("day", "EUR")).toEqual([]);
});

const group = (id: string | null, name: string, totals = november, charters = 1): GroupTotals => ({
  ...{ id, name, charters, totals },
});

test("the rows of a report by boat lead to the payments of each, within what was asked for", () => {
  const range = { from: "2026-11-01", to: "2026-11-30" };
  const groups = [group(null, ""), group("boat-1", "Petrel", november, 12), group(null, "Sea Otter", sampleTotals())];
  const summary: Summary = { by: "boat", timezone: "UTC", periods: [], groups, totals: november };
  const rows = (currency: string) =>
    reportRows(summary, currency, { range, of: { boat: "", captain: "ana" }, today: "2026-11-25", apart: null });
  expect(rows("USD").map(({ name, charters, path }) => [name, charters, path])).toEqual([
    ["No boat named", 1, null],
    ["Petrel", 12, "/payments?from=2026-11-01&to=2026-11-30&boat=boat-1&captain=ana"],
  ]);
  // Each currency has its own figures; what has none in it is left out.
  expect(rows("EUR").map(({ totals }) => [totals.currency, totals.received_cents])).toEqual([
    ["EUR", 30_000],
    ["EUR", 30_000],
  ]);
  expect(rows("KWD")).toEqual([]);
});

test("a range of one day is one row by day, week and month, and a range without payments has none by boat", () => {
  const range = { from: "2026-11-25", to: "2026-11-25" };
  const asked = { range, of: anyCharters, today: "2026-11-25", apart: null };
  for (const by of ["day", "week", "month"] as const) {
    const summary: Summary = {
      ...{ by, timezone: "UTC", groups: [], totals: november },
      periods: [{ ...range, totals: november }],
    };
    expect(reportRows(summary, "USD", asked).map(({ name, path }) => [name.replace(/\s/g, " "), path])).toEqual([
      [
        { day: "Wed, Nov 25", week: "Nov 25, 2026", month: "November 2026" }[by],
        "/payments?from=2026-11-25&to=2026-11-25",
      ],
    ]);
  }
  const none: Summary = { by: "captain", timezone: "UTC", periods: [], groups: [], totals: sampleTotals() };
  expect(reportRows(none, "USD", asked)).toEqual([]);
});

test("the bars of rows are as long as their net is of the highest, for amounts of any size", () => {
  expect(barLengths([50_000, 200_000, 0, -7])).toEqual([25, 100, 0, 0]);
  expect(barLengths([-5, 0])).toEqual([0, 0]);
  expect(barLengths([])).toEqual([]);
  for (let power = 0; power <= 11; power++) {
    for (const first of [1, 3, 7, 9]) {
      const [longest = 0, other = 0] = barLengths([10 ** power * 10, 10 ** power * first]);
      expect(longest).toBe(100);
      expect(other).toBeCloseTo(first * 10, 9);
    }
  }
});
