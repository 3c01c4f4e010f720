import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import type { GuestEvent } from "../data/contract";
import { charterCalendar } from "./charter-calendar";

const PAGE = "https://sail.example.com/g/renewed-link";
const NOW = new Date("2026-11-01T12:00:00Z");
const sail: GuestEvent = {
  event_id: "event-1",
  title: "Sunset sail",
  starts_at: "2026-11-28T18:00:00Z",
  ends_at: "2026-11-28T22:00:00Z",
  timezone: "America/Los_Angeles",
  vessel: "Wanderer",
  departure_port: "Dock C",
  return_port: "Dock C",
  guest_notes: "Bring a hat.",
  captain_first_name: "Dana",
  guest_place_url: "",
  pay_to: [],
  status: "scheduled",
  party_size: 4,
  operator: { name: "Bay Charters", phone: "", email: "" },
  waiver_url: `${PAGE}/waiver`,
  waivers: { signed: 0, expected: 4, signers: [] },
};

interface Read {
  uid: string;
  stamp: string;
  start: string;
  end: string;
  summary: string;
  location: string | undefined;
  description: string;
  url: string;
}

/** By Mozilla's parser, which Thunderbird reads calendars with; another one reads the file in the browser tests. */
function read(file: string): Read {
  const calendar = new ICAL.Component(ICAL.parse(file));
  const [found, ...more] = calendar.getAllSubcomponents("vevent");
  expect(more).toEqual([]);
  const event = found as ICAL.Component;
  const text = (name: string) => event.getFirstPropertyValue(name)?.toString() ?? "";
  const instant = (name: string) => (event.getFirstPropertyValue(name) as ICAL.Time).toJSDate().toISOString();
  return {
    uid: text("uid"),
    stamp: instant("dtstamp"),
    start: instant("dtstart"),
    end: instant("dtend"),
    summary: text("summary"),
    location: text("location") || undefined,
    description: text("description"),
    url: text("url"),
  };
}

const CASES: Record<string, Partial<GuestEvent>> = {
  "an afternoon": {},
  "over midnight in UTC": { starts_at: "2026-11-28T23:30:00Z", ends_at: "2026-11-29T03:30:00Z" },
  "while clocks go back": { starts_at: "2026-11-01T08:30:00Z", ends_at: "2026-11-01T10:30:00Z" },
  "of several days": { starts_at: "2026-12-30T17:00:00Z", ends_at: "2027-01-02T20:00:00Z" },
  "with every sign that has a meaning in the file": {
    title: 'Ana, Ben; and "C:\\n" \\, BEGIN:VEVENT',
    departure_port: "Pier 39; slip 4, left\\right",
    guest_notes: "One\nEND:VEVENT\nEND:VCALENDAR\n\nDTSTART:20200101T000000Z\n two, three; four\\five",
  },
  "with long lines of other scripts": {
    title: "Ćšž 日本語の船 דוד ⛵👨‍👩‍👧 ".repeat(12).trim(),
    guest_notes: `${"ñ".repeat(300)}\n${"👨‍👩‍👧".repeat(60)}\n${"https://example.com/x".repeat(9)}`,
  },
  "with a map, and without boat, port and notes": {
    vessel: "",
    departure_port: "",
    guest_notes: "",
    guest_place_url: "https://maps.example.com/?q=37.86,-122.48;z=1",
  },
  "of an operator without a name": { operator: { name: "", phone: "", email: "" } },
  "of an operator whose name has signs": { operator: { name: "Sail; & Co,\\ //EN", phone: "", email: "" } },
};

describe("the calendar file of a charter", () => {
  for (const [name, changes] of Object.entries(CASES)) {
    test(`${name} says what the page says`, () => {
      const event = { ...sail, ...changes };
      const file = charterCalendar(event, PAGE, NOW);
      const expected: Read = {
        uid: "event-1@sail.example.com",
        stamp: "2026-11-01T12:00:00.000Z",
        start: new Date(event.starts_at).toISOString(),
        end: new Date(event.ends_at).toISOString(),
        summary: event.vessel ? `${event.title} (${event.vessel})` : event.title,
        location: event.departure_port || undefined,
        description: [event.guest_notes, event.guest_place_url, PAGE].filter(Boolean).join("\n\n"),
        url: PAGE,
      };
      expect(read(file)).toEqual(expected);
    });

    test(`${name} keeps to the form of RFC 5545: UTC, lines of 75 bytes that end in CR LF`, () => {
      const file = charterCalendar({ ...sail, ...changes }, PAGE, NOW);
      const lines = file.replace(/\r\n$/, "").split("\r\n");
      expect(lines.every((line) => !/[\r\n]/.test(line))).toBe(true);
      expect(Math.max(...lines.map((line) => new TextEncoder().encode(line).length))).toBeLessThanOrEqual(75);
      for (const at of ["DTSTAMP", "DTSTART", "DTEND"]) {
        expect(lines.filter((line) => new RegExp(`^${at}:\\d{8}T\\d{6}Z$`).test(line)).length).toBe(1);
      }
      expect(lines.filter((line) => /^(BEGIN|END):/.test(line))).toEqual([
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "END:VCALENDAR",
      ]);
      // A broken pair of surrogates would have become this sign.
      expect(file).not.toMatch("\ufffd");
    });
  }

  test("of the same charter after a change is the same entry, with a newer stamp", () => {
    const before = read(charterCalendar(sail, PAGE, NOW));
    const moved = { ...sail, starts_at: "2026-11-28T19:00:00Z" };
    const after = read(charterCalendar(moved, PAGE, new Date(NOW.getTime() + 60_000)));
    expect(after.uid).toBe(before.uid);
    expect(after.start).toBe("2026-11-28T19:00:00.000Z");
    expect(after.stamp > before.stamp).toBe(true);
  });
});
