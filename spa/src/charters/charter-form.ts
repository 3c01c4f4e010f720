import type { CharterEvent, Guest, Person } from "../data/contract";
import { parseMoney, plainAmount } from "../lib/money";
import {
  formatTime,
  isTimezone,
  type LocalDateTime,
  toInstant,
  toLocal,
  toRfc3339,
  type Zoned,
  zoneName,
} from "../lib/time";
import { checkGuests, isBlankGuest, isEmailOrEmpty, trimmedGuest } from "./guest-list";

/** Which of two moments is meant when clocks go back and a local time comes twice. */
export type Fold = "earlier" | "later";

/** A charter as it is typed: times local to the charter, amounts as text. */
export interface CharterForm {
  title: string;
  starts: LocalDateTime;
  starts_fold: Fold;
  ends: LocalDateTime;
  ends_fold: Fold;
  timezone: string;
  vessel: string;
  passenger_limit: string;
  departure_port: string;
  return_port: string;
  captain: Person;
  crew: Person[];
  patron: Person;
  party_size: string;
  guests: Guest[];
  charter_fee: string;
  currency: string;
  balance_reminders: boolean;
  notes: string;
  guest_notes: string;
}

export const nobody: Person = { name: "", email: "", phone: "" };

export function newCharterForm(timezone: string, currency: string): CharterForm {
  return {
    title: "",
    starts: "",
    starts_fold: "earlier",
    ends: "",
    ends_fold: "earlier",
    timezone,
    vessel: "",
    passenger_limit: "",
    departure_port: "",
    return_port: "",
    captain: { ...nobody },
    crew: [],
    patron: { ...nobody },
    party_size: "1",
    guests: [],
    charter_fee: "",
    currency,
    balance_reminders: false,
    notes: "",
    guest_notes: "",
  };
}

export function charterForm(event: CharterEvent): CharterForm {
  const { timezone } = event;
  return {
    title: event.title,
    starts: toLocal(new Date(event.starts_at), timezone),
    starts_fold: foldOf(event.starts_at, timezone),
    ends: toLocal(new Date(event.ends_at), timezone),
    ends_fold: foldOf(event.ends_at, timezone),
    timezone,
    vessel: event.vessel,
    passenger_limit: event.passenger_limit === null ? "" : String(event.passenger_limit),
    departure_port: event.departure_port,
    return_port: event.return_port,
    captain: { ...(event.captain ?? nobody) },
    crew: event.crew.map((person) => ({ ...person })),
    patron: { ...event.patron },
    party_size: String(event.party_size),
    guests: (event.guests ?? []).map((guest) => ({ ...guest })),
    charter_fee: plainAmount(event.charter_fee_cents, event.currency),
    currency: event.currency,
    balance_reminders: event.balance_reminders ?? false,
    notes: event.notes,
    guest_notes: event.guest_notes,
  };
}

function foldOf(instant: string, timezone: string): Fold {
  const zoned = toInstant(toLocal(new Date(instant), timezone), timezone);
  const later = zoned.kind === "twice" && zoned.later.getTime() === new Date(instant).getTime();
  return later ? "later" : "earlier";
}

/** What is sent of a charter; the names are the API's. */
export interface CharterBody {
  title: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  vessel: string;
  passenger_limit: number | null;
  departure_port: string;
  return_port: string;
  captain: Person | null;
  crew: Person[];
  patron: Person;
  party_size: number;
  guests: Guest[];
  charter_fee_cents: number;
  /** Left out, it is the operator's own. */
  currency?: string;
  balance_reminders: boolean;
  notes: string;
  guest_notes: string;
}

export type ReadCharter =
  | { body: CharterBody; errors?: never }
  | { body?: never; errors: Record<string, string> };

/** Turns the form into what is sent, or says field by field what is wrong. */
export function readCharterForm(form: CharterForm): ReadCharter {
  const errors: Record<string, string> = {};
  if (form.title.trim() === "") errors.title = "Give the charter a name.";
  if (!isTimezone(form.timezone)) errors.timezone = "Choose a time zone, like America/New_York.";
  const starts = errors.timezone ? null : moment(form.starts, form.starts_fold, form.timezone);
  const ends = errors.timezone ? null : moment(form.ends, form.ends_fold, form.timezone);
  if (starts?.error) errors.starts_at = starts.error;
  if (ends?.error) errors.ends_at = ends.error;
  if (starts?.instant && ends?.instant && ends.instant <= starts.instant) {
    errors.ends_at = "The end must come after the start.";
  }
  const party_size = whole(form.party_size, 0, 500);
  if (party_size === null) errors.party_size = "A whole number from 0 to 500.";
  const limit =
    form.passenger_limit.trim() === "" ? undefined : whole(form.passenger_limit, 1, 500);
  if (limit === null) errors.passenger_limit = "A whole number from 1 to 500, or empty.";
  const currency = form.currency.trim().toUpperCase();
  if (currency && !/^[A-Z]{3}$/.test(currency)) errors.currency = "Three letters, like USD.";
  const fee = form.charter_fee.trim()
    ? parseMoney(form.charter_fee, currency || "USD", { allowZero: true })
    : { cents: 0 };
  if (fee.error) errors.charter_fee_cents = fee.error;
  for (const [name, person] of [
    ["captain", form.captain],
    ["patron", form.patron],
    ...form.crew.map((person, index) => [`crew.${index}`, person] as const),
  ] as const) {
    checkPerson(name, person, errors);
  }
  checkGuests(form.guests, errors);
  if (Object.keys(errors).length > 0 || !starts?.instant || !ends?.instant) return { errors };
  const captain = trimmed(form.captain);
  return {
    body: {
      title: form.title.trim(),
      starts_at: toRfc3339(starts.instant),
      ends_at: toRfc3339(ends.instant),
      timezone: form.timezone,
      vessel: form.vessel.trim(),
      passenger_limit: limit ?? null,
      departure_port: form.departure_port.trim(),
      return_port: form.return_port.trim(),
      captain: isBlank(captain) ? null : captain,
      crew: form.crew.map(trimmed).filter((person) => !isBlank(person)),
      patron: trimmed(form.patron),
      party_size: party_size ?? 1,
      guests: form.guests.map(trimmedGuest).filter((guest) => !isBlankGuest(guest)),
      charter_fee_cents: fee.cents ?? 0,
      ...(currency ? { currency } : {}),
      balance_reminders: form.balance_reminders,
      notes: form.notes.trim(),
      guest_notes: form.guest_notes.trim(),
    },
  };
}

function moment(
  local: LocalDateTime,
  fold: Fold,
  timezone: string,
): { instant?: Date; error?: string } {
  const zoned = zonedTime(local, timezone);
  if (!zoned) return { error: "Enter a date and a time." };
  if (zoned.kind === "one") return { instant: zoned.instant };
  if (zoned.kind === "twice") return { instant: zoned[fold] };
  const after = formatTime(zoned.after.toISOString(), timezone);
  return { error: `Clocks go forward then: this time does not exist. Take ${after} or later.` };
}

/** The moment or moments that a typed time names, or null when it is not a time yet. */
export function zonedTime(local: LocalDateTime, timezone: string): Zoned | null {
  try {
    return toInstant(local, timezone);
  } catch {
    return null;
  }
}

/** How the two moments of a time that comes twice are told apart. */
export function foldNames(zoned: Zoned & { kind: "twice" }, timezone: string) {
  return {
    earlier: `The first time (${zoneName(zoned.earlier.toISOString(), timezone)})`,
    later: `The second time, after clocks went back (${zoneName(zoned.later.toISOString(), timezone)})`,
  };
}

function whole(text: string, least: number, most: number): number | null {
  if (!/^\d{1,4}$/.test(text.trim())) return null;
  const number = Number(text);
  return number >= least && number <= most ? number : null;
}

function checkPerson(name: string, person: Person, errors: Record<string, string>): void {
  if (!isEmailOrEmpty(person.email)) errors[`${name}.email`] = "This is not an email address.";
}

function trimmed({ name, email, phone }: Person): Person {
  return { name: name.trim(), email: email.trim(), phone: phone.trim() };
}

function isBlank({ name, email, phone }: Person): boolean {
  return name === "" && email === "" && phone === "";
}

/** The fields that differ from the charter as it was: what an edit sends. */
export function changes(body: CharterBody, base: CharterEvent): Partial<CharterBody> {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const changed = Object.entries(body).filter(([name, value]) => {
    const before = base[name as keyof CharterEvent];
    if (name === "starts_at" || name === "ends_at") {
      return new Date(value as string).getTime() !== new Date(before as string).getTime();
    }
    if (name === "captain" || name === "patron") {
      return !same(value, before && trimmed(before as Person));
    }
    if (name === "crew") return !same(value, (before as Person[]).map(trimmed));
    if (name === "guests") return !same(value, before ?? []);
    if (name === "balance_reminders") return value !== (before ?? false);
    return !same(value, before);
  });
  return Object.fromEntries(changed) as Partial<CharterBody>;
}

export interface Merge {
  form: CharterForm;
  /** Fields that somebody else changed; in `mine` ones the admin's typing was kept. */
  theirs: { field: keyof CharterForm; value: string; mine: boolean }[];
}

/** Brings somebody else's edit under what the admin has typed: typing wins, the rest follows. */
export function merge(typed: CharterForm, base: CharterEvent, current: CharterEvent): Merge {
  const before = charterForm(base);
  const after = charterForm(current);
  const form = { ...typed } as Record<keyof CharterForm, unknown>;
  const theirs: Merge["theirs"] = [];
  for (const field of Object.keys(after) as (keyof CharterForm)[]) {
    const text = (value: unknown) => JSON.stringify(value);
    if (text(before[field]) === text(after[field])) continue;
    const mine = text(typed[field]) !== text(before[field]);
    if (!mine) form[field] = after[field];
    if (text(typed[field]) === text(after[field])) continue;
    theirs.push({ field, value: shown(after[field]), mine });
  }
  return { form: form as unknown as CharterForm, theirs };
}

function shown(value: unknown): string {
  if (Array.isArray(value))
    return value.map((person: Person | Guest) => person.name).join(", ") || "nobody";
  if (typeof value === "object" && value !== null) {
    return Object.values(value).filter(Boolean).join(", ") || "nobody";
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value).replace(/^(\d{4}-\d\d-\d\d)T/, "$1 ") || "empty";
}

export const fieldNames: Record<keyof CharterForm, string> = {
  title: "Title",
  starts: "Departs",
  starts_fold: "Departs (which of the two)",
  ends: "Returns",
  ends_fold: "Returns (which of the two)",
  timezone: "Time zone",
  vessel: "Vessel",
  passenger_limit: "Passenger limit",
  departure_port: "Departure port",
  return_port: "Return port",
  captain: "Captain",
  crew: "Crew",
  patron: "Patron",
  party_size: "Party size",
  guests: "Expected guests",
  charter_fee: "Charter fee",
  currency: "Currency",
  balance_reminders: "Balance reminders",
  notes: "Notes",
  guest_notes: "What guests should know",
};
