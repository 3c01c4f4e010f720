import { nowMs, operatorTimezone } from "./clock";
import { dateFormat, formatDay, formatLongDay, localDay } from "./time";

/** A calendar day, `2026-11-25`. */
export type Day = string;

/** From the first to the last day, both included. */
export interface Period {
  from: Day;
  to: Day;
}

/** The operator's day, wherever the device is and whatever its clock says. */
export function today(): Day {
  return localDay(new Date(nowMs()), operatorTimezone());
}

/** The whole month that a day is in, or one before or after it. */
export function monthOf(day: Day, offset = 0): Period {
  const [year, month] = parts(day);
  return { from: iso(Date.UTC(year, month - 1 + offset, 1)), to: iso(Date.UTC(year, month + offset, 0)) };
}

/** From Monday to Sunday. */
export function weekOf(day: Day): Period {
  const weekday = (new Date(noon(day)).getUTCDay() + 6) % 7;
  return { from: daysLater(day, -weekday), to: daysLater(day, 6 - weekday) };
}

export function yearOf(day: Day): Period {
  const year = day.slice(0, 4);
  return { from: `${year}-01-01`, to: `${year}-12-31` };
}

export function daysLater(day: Day, days: number): Day {
  const [year, month, date] = parts(day);
  return iso(Date.UTC(year, month - 1, date + days));
}

export function daysBetween(first: Day, last: Day): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);
}

/** Whether it is a day of the calendar, and not one that is still being typed. */
export function isDay(text: string): boolean {
  // A year that is being typed passes through 0002 and 0020.
  return /^[12]\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

export function isPeriod({ from, to }: Period): boolean {
  return isDay(from) && isDay(to) && from <= to;
}

export function dayName(day: Day): string {
  return formatDay(noon(day), "UTC");
}

/** `Nov 20`; with the year where it is another one than this day's. */
export function shortDayName(day: Day, thisDay: Day = today()): string {
  const year = day.slice(0, 4) === thisDay.slice(0, 4) ? {} : ({ year: "numeric" } as const);
  return dateFormat("UTC", { month: "short", day: "numeric", ...year }).format(Date.parse(day));
}

export function longDayName(day: Day): string {
  return formatLongDay(noon(day), "UTC");
}

/** `November 2026` */
export function monthName(day: Day, month: "long" | "short" = "long"): string {
  return dateFormat("UTC", { month, year: "numeric" }).format(new Date(noon(day)));
}

/** `Nov 23 – 29, 2026` */
export function spanName({ from, to }: Period): string {
  return dateFormat("UTC", { dateStyle: "medium" }).formatRange(new Date(noon(from)), new Date(noon(to)));
}

/** `1 h 30 min` */
export function lengthText(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  return [hours && `${hours} h`, (rest || !hours) && `${rest} min`].filter(Boolean).join(" ");
}

function parts(day: Day): [number, number, number] {
  return day.split("-").map(Number) as [number, number, number];
}

function iso(at_ms: number): Day {
  return new Date(at_ms).toISOString().slice(0, 10);
}

function noon(day: Day): string {
  return `${day}T12:00:00Z`;
}
