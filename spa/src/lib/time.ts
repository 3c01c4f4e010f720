import { useEffect, useState } from "preact/hooks";
import { deviceTimezone, nowMs } from "./clock";

/** How dates are written in a page of this language: as this device does, where it knows the language. */
export function localeOf(language: string): string {
  return globalThis.navigator?.languages?.find((known) => known.startsWith(language)) ?? `${language}-US`;
}

// The words of the desk are English, so its dates are too.
export const locale = localeOf("en");

/** A local date and time as an input gives it: `2026-03-08T01:30`. */
export type LocalDateTime = string;

/** The local date and time of a moment, ready for a datetime-local input. */
export function toLocal(instant: Date, timezone: string): LocalDateTime {
  const local_ms = instant.getTime() + offset_ms(instant.getTime(), timezone);
  return new Date(local_ms).toISOString().slice(0, 16);
}

const QUARTER_MS = 900_000;
const CLOCK: Intl.DateTimeFormatOptions = {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
};
const offsets = new Map<string, number>();

/** How far a zone is ahead of UTC. Clocks change at quarters of an hour only, so each quarter is asked for once, which takes long. */
export function offset_ms(instant_ms: number, timezone: string): number {
  const quarter = Math.floor(instant_ms / QUARTER_MS);
  const key = `${timezone} ${quarter}`;
  let found = offsets.get(key);
  if (found === undefined) {
    found = readOffset_ms(quarter * QUARTER_MS, timezone);
    offsets.set(key, found);
  }
  return found;
}

function readOffset_ms(instant_ms: number, timezone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of dateFormat(timezone, CLOCK, "en-US").formatToParts(instant_ms)) {
    if (type !== "literal") parts[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - instant_ms;
}

export function isTimezone(name: string): boolean {
  try {
    dateFormat(name, {});
    return name !== "";
  } catch {
    return false;
  }
}

/** A moment as the API takes it, in UTC. */
export function toRfc3339(instant: Date): string {
  return instant.toISOString().replace(/\.\d+Z$/, "Z");
}

/** The calendar day of a moment in a time zone, `2026-03-08`. */
export function localDay(instant: Date, timezone: string): string {
  return toLocal(instant, timezone).slice(0, 10);
}

export function formatDay(instant: string, timezone: string, language = locale): string {
  const sameYear =
    localDay(new Date(instant), timezone).slice(0, 4) === localDay(new Date(nowMs()), timezone).slice(0, 4);
  return formatted(
    instant,
    timezone,
    { weekday: "short", month: "short", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) },
    language,
  );
}

export function formatLongDay(instant: string, timezone: string, language = locale): string {
  return formatted(instant, timezone, { weekday: "long", month: "long", day: "numeric", year: "numeric" }, language);
}

const HOUR_AND_MINUTE: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };

export function formatTime(instant: string, timezone: string, language = locale): string {
  return formatted(instant, timezone, HOUR_AND_MINUTE, language);
}

/** The zone's short name at that moment, for example `EST`. */
export function zoneName(instant: string, timezone: string): string {
  const part = dateFormat(safeZone(timezone), { timeZoneName: "short" })
    .formatToParts(new Date(instant))
    .find(({ type }) => type === "timeZoneName");
  return part?.value ?? timezone;
}

/** The zone's short name when its clocks differ from this device's at that moment, else empty. */
export function zoneIfForeign(instant: string, timezone: string): string {
  const at_ms = new Date(instant).getTime();
  const same = offset_ms(at_ms, safeZone(timezone)) === offset_ms(at_ms, deviceTimezone);
  return same ? "" : zoneName(instant, timezone);
}

/** `2:00 – 6:00 PM EST`; the day of the end too when it is another one. */
export function formatSpan(starts_at: string, ends_at: string, timezone: string, language = locale): string {
  const zone = zoneIfForeign(starts_at, timezone);
  return `${span(starts_at, ends_at, safeZone(timezone), language)}${zone ? ` ${zone}` : ""}`;
}

/** A weekday alone says which day is meant while it does not come again. */
const WEEKDAY_ALONE_MS = 6 * 86_400_000;

/** The end of what begins at `starts_at`: `to 6:00 PM EST`; with the day when it is another one. */
export function formatEnd(starts_at: string, ends_at: string, timezone: string): string {
  const zone = zoneIfForeign(starts_at, timezone);
  const sameDay = localDay(new Date(starts_at), timezone) === localDay(new Date(ends_at), timezone);
  const near = Date.parse(ends_at) - Date.parse(starts_at) < WEEKDAY_ALONE_MS;
  const day = near ? formatted(ends_at, timezone, { weekday: "short" }, locale) : formatDay(ends_at, timezone);
  const end = formatTime(ends_at, timezone);
  return `to ${sameDay ? end : `${day}, ${end}`}${zone ? ` ${zone}` : ""}`;
}

/** Ranges take ten times as long as dates, and a board shows the same ones again and again. */
const ranges = new Map<string, string>();

function span(starts_at: string, ends_at: string, timezone: string, language: string): string {
  const [start, end] = [new Date(starts_at), new Date(ends_at)];
  if (localDay(start, timezone) === localDay(end, timezone) && start <= end) {
    const key = `${starts_at} ${ends_at} ${timezone} ${language}`;
    let found = ranges.get(key);
    if (!found) {
      found = dateFormat(timezone, HOUR_AND_MINUTE, language).formatRange(start, end);
      ranges.set(key, found);
    }
    return found;
  }
  const day = formatDay(ends_at, timezone, language);
  return `${formatTime(starts_at, timezone, language)} – ${day}, ${formatTime(ends_at, timezone, language)}`;
}

/** `Mar 8, 2:00 PM`, with the zone when it is not this device's. */
export function formatMoment(instant: string, timezone: string): string {
  const zone = zoneIfForeign(instant, timezone);
  return `${formatDay(instant, timezone)}, ${formatTime(instant, timezone)}${zone ? ` ${zone}` : ""}`;
}

/** `2:32 PM` for a moment of today, with the day for any other. */
export function formatRecent(instant: string, timezone: string): string {
  const today = localDay(new Date(nowMs()), timezone) === localDay(new Date(instant), timezone);
  return today ? formatTime(instant, timezone) : formatMoment(instant, timezone);
}

/** How far away a moment is, in plain words: `in 2 h 10 min`. */
export function formatAway(instant: string, now_ms: number): string {
  const minutes = Math.round((new Date(instant).getTime() - now_ms) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `in ${minutes} min`;
  if (minutes < 24 * 60) {
    const rest = minutes % 60;
    return `in ${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
  }
  const days = Math.round(minutes / (24 * 60));
  return days === 1 ? "in 1 day" : `in ${days} days`;
}

function formatted(instant: string, timezone: string, options: Intl.DateTimeFormatOptions, language: string): string {
  return dateFormat(safeZone(timezone), options, language).format(new Date(instant));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than using it for a hundred dates, so each is made once. */
export function dateFormat(
  timezone: string,
  options: Intl.DateTimeFormatOptions,
  language = locale,
): Intl.DateTimeFormat {
  const key = timezone + language + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language, { timeZone: timezone, ...options });
    formats.set(key, found);
  }
  return found;
}

function safeZone(timezone: string): string {
  return isTimezone(timezone) ? timezone : "UTC";
}

/** The present, renewed every so often, so that “in 10 min” stays true. */
export function useNow(every_ms = 30_000): number {
  const [now_ms, setNow] = useState(nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now_ms;
}
