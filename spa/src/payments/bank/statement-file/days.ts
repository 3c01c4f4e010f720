import type { Day } from "../../../lib/periods";

/** The order of day, month and year in a file's dates. */
export type DayOrder = "ymd" | "mdy" | "dmy";

const ORDERS: readonly DayOrder[] = ["ymd", "mdy", "dmy"];
/** As English texts begin them. */
export const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

const TIME = /[T ,]+\d{1,2}:\d\d.*$/;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? /i;

/**
 * A printed date as a day of the calendar, or null when it is not surely one. A time behind it and a weekday before it
 * are left out.
 */
export function readDay(text: string, order: DayOrder): Day | null {
  const date = text.trim().replace(TIME, "").replace(WEEKDAY, "");
  return namedMonth(date) ?? figures(date, order);
}

function figures(date: string, order: DayOrder): Day | null {
  const iso = /^(\d{4})([-/.]?)(\d\d?)\2(\d\d?)$/.exec(date);
  // A year that stands first can be read in one way only.
  if (iso) return day(iso[1], iso[3], iso[4]);
  const match = /^(\d\d?)([-/. ])(\d\d?)\2(\d{4}|\d\d)\.?$/.exec(date);
  if (!match || order === "ymd") return null;
  const [, first, , second, year = ""] = match;
  const full = year.length === 2 ? `20${year}` : year;
  return order === "mdy" ? day(full, first, second) : day(full, second, first);
}

/** `Oct 13, 2026`, `13 October 2026` or `13-Oct-26`. */
function namedMonth(date: string): Day | null {
  const match =
    /^(?<month>[a-z]{3,9})\.? (?<date>\d\d?)(?:st|nd|rd|th)?,? (?<year>\d{4})$/i.exec(date) ??
    /^(?<date>\d\d?)(?:st|nd|rd|th)?[- .]+(?<month>[a-z]{3,9})[- .,]+(?<year>\d{4}|\d\d)$/i.exec(date);
  if (!match?.groups) return null;
  const { month = "", date: dayOfMonth, year = "" } = match.groups;
  const number = months.indexOf(month.slice(0, 3).toLowerCase()) + 1;
  return number === 0 ? null : day(year.length === 2 ? `20${year}` : year, String(number), dayOfMonth);
}

function day(year = "", month = "", date = ""): Day | null {
  const [y, m, d] = [Number(year), Number(month), Number(date)];
  const at = new Date(Date.UTC(y, m - 1, d));
  // November has no 31st, and neither is it the 1st of December.
  const exists = at.getUTCMonth() === m - 1 && at.getUTCDate() === d && y >= FIRST_YEAR && y <= LAST_YEAR;
  return exists ? at.toISOString().slice(0, 10) : null;
}

/** The orders in which the most of these are days: one, or several when the dates do not tell. */
export function ordersOf(texts: readonly string[]): DayOrder[] {
  const counts = ORDERS.map((order) => texts.filter((text) => readDay(text, order) !== null).length);
  const most = Math.max(...counts);
  return most === 0 ? [] : ORDERS.filter((_, index) => counts[index] === most);
}

/** The order of an American bank's dates, unless others of them are days, or dots stand between: 31.12.2026. */
export function orderIn(texts: readonly string[]): DayOrder {
  const usual = texts.some(isDotted) ? "dmy" : "mdy";
  const orders = ordersOf(texts);
  return orders.includes(usual) ? usual : (orders[0] ?? usual);
}

export function isDotted(text: string): boolean {
  return /^\d\d?\.\d\d?\./.test(text);
}
