import { expect, test } from "vitest";
import {
  daysBetween,
  daysLater,
  isDay,
  isPeriod,
  lengthText,
  monthName,
  monthOf,
  spanName,
  weekOf,
  yearOf,
} from "./periods";

test("a month is whole, whatever its length, and its neighbours cross the year", () => {
  expect(monthOf("2028-02-10")).toEqual({ from: "2028-02-01", to: "2028-02-29" });
  expect(monthOf("2026-01-31", -1)).toEqual({ from: "2025-12-01", to: "2025-12-31" });
  expect(monthOf("2026-03-31", -11)).toEqual({ from: "2025-04-01", to: "2025-04-30" });
  expect(weekOf("2026-11-25")).toEqual({ from: "2026-11-23", to: "2026-11-29" });
  expect(weekOf("2026-11-29")).toEqual({ from: "2026-11-23", to: "2026-11-29" });
  expect(weekOf("2027-01-01")).toEqual({ from: "2026-12-28", to: "2027-01-03" });
  expect(yearOf("2026-11-25")).toEqual({ from: "2026-01-01", to: "2026-12-31" });
});

test("days are counted by the calendar, not by hours", () => {
  expect(daysLater("2026-03-07", 2)).toBe("2026-03-09");
  expect(daysLater("2026-01-01", -1)).toBe("2025-12-31");
  expect(daysBetween("2026-03-07", "2026-03-09")).toBe(2);
  expect(daysBetween("2026-10-31", "2026-10-31")).toBe(0);
});

test("what is still being typed is no day, and a period does not end before it starts", () => {
  expect(isDay("2026-11-25")).toBe(true);
  expect(isDay("")).toBe(false);
  expect(isDay("2026-13-01")).toBe(false);
  expect(isDay("0020-11-25")).toBe(false);
  expect(isPeriod({ from: "2026-11-02", to: "2026-11-01" })).toBe(false);
  expect(isPeriod({ from: "2026-11-01", to: "2026-11-01" })).toBe(true);
});

test("periods have names", () => {
  expect(monthName("2026-11-01")).toBe("November 2026");
  expect(spanName({ from: "2026-11-23", to: "2026-11-29" })).toMatch(/^Nov 23\s–\s29, 2026$/);
});

test("lengths are said as people do", () => {
  expect([0, 30, 60, 95, 1440].map(lengthText)).toEqual(["0 min", "30 min", "1 h", "1 h 35 min", "24 h"]);
});

test("every span is said in full, whatever days, months and years it goes over", () => {
  const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  /** Reckoned by hand: what both ends share is said once. */
  const said = (from: string, to: string) => {
    const [year, month, day] = from.split("-").map(Number) as [number, number, number];
    const [lastYear, lastMonth, lastDay] = to.split("-").map(Number) as [number, number, number];
    const first = `${months[month - 1]} ${day}`;
    if (from === to) return `${first}, ${year}`;
    if (year !== lastYear) return `${first}, ${year} – ${months[lastMonth - 1]} ${lastDay}, ${lastYear}`;
    if (month !== lastMonth) return `${first} – ${months[lastMonth - 1]} ${lastDay}, ${year}`;
    return `${first} – ${lastDay}, ${year}`;
  };
  const wrong: string[] = [];
  for (let start = 0; start < 1_500; start += 7) {
    const from = daysLater("2023-12-28", start);
    for (const length of [0, 1, 6, 13, 30, 59, 364, 365, 366, 800]) {
      const to = daysLater(from, length);
      const shown = spanName({ from, to }).replace(/\s/g, " ");
      if (shown !== said(from, to)) wrong.push(`${from} to ${to}: ${shown}`);
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
});
