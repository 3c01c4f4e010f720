import type { ListedGuest } from "../../data/contract";
import { isBlank } from "../../lib/names";
import type { Reading } from "./field-kinds";

/** The server gives each its id. */
export const newGuest: ListedGuest = { guest_id: "", name: "", email: "" };

/** What the form holds: the rows, and what stands in the box for several and is no row yet. */
export interface GuestRows {
  rows: readonly ListedGuest[];
  pasted: string;
}

/** The pasted text as rows behind the others. */
export function settleGuests({ rows, pasted }: GuestRows): GuestRows {
  return { rows: addGuests(rows, parseGuests(pasted)), pasted: "" };
}

/**
 * Guests out of pasted lines such as `Ana Reyes, ana@example.com`, `Ana Reyes <ana@example.com>` or just `Ana Reyes`,
 * of the cells of a spreadsheet, and of a mail's list such as `Ana <ana@example.com>; Ben <ben@example.com>`.
 *
 * What has an @ is taken for an address, never for a name. A row without a name, or whose address is none, is for the
 * admin to correct: `readGuests` refuses it.
 */
export function parseGuests(text: string): ListedGuest[] {
  return withPlainAt(text)
    .split(/\r\n|\r|\n/)
    .flatMap(parseLine)
    .filter((guest) => !isBlankGuest(guest));
}

/** Some keyboards write the @ of an address as wide as an ideograph; the server takes it for the usual one. */
function withPlainAt(text: string): string {
  return text.replace(/[\uff20\ufe6b]/g, "@");
}

function parseLine(line: string): ListedGuest[] {
  // A comma within quotes belongs to the name: `"Reyes, Ana" <ana@example.com>`.
  const unquoted = line.replace(/"([^"]*)"/g, (_, name: string) => name.replace(/[,;\t]/g, " "));
  const guests: ListedGuest[] = [];
  for (const [first, ...others] of unquoted.split(";").map(parsePart)) {
    const before = guests.at(-1);
    // Cells of a spreadsheet: `Ana; ana@example.com`.
    if (before?.email === "" && first?.name === "") before.email = first.email;
    else if (first) guests.push(first);
    guests.push(...others);
  }
  return guests;
}

const address = /<?[^\s<>,;"()]*@[^\s<>,;"()]*>?/g;

/** The guests of a text without semicolons. An address belongs to the name before it. */
function parsePart(part: string): ListedGuest[] {
  const emails = part.match(address) ?? [];
  const names = part.split(address).map(readNames);
  const beginsWithAddress = names[0]?.length === 0;
  // `ana@example.com, Ana Reyes`
  if (beginsWithAddress && emails.length === 1) names.reverse();
  return names.flatMap((people, index) => {
    const email = emails[index];
    // In `ana@example.com, Ana, ben@example.com, Ben` the name before would be another guest's.
    const isTheirs = !beginsWithAddress || emails.length === 1 || email?.startsWith("<");
    const owner = (email && isTheirs && people.pop()) || "";
    return [...people.map((name) => newRow(name)), ...(email ? [newRow(owner, email.replace(/[<>]/g, ""))] : [])];
  });
}

function newRow(name: string, email = ""): ListedGuest {
  return { ...newGuest, name, email };
}

/** The names between commas. Two of which one is a single word are one name: `Reyes, Ana`, or a spreadsheet's cells. */
function readNames(text: string): string[] {
  const names = text
    .split(/[,\t]/)
    .map((name) => name.replace(/[\s<>"()]+/g, " ").replace(/^[-–—:\s]+|[-–—:\s]+$/g, ""))
    .filter((name) => name !== "");
  const isOne = names.length === 2 && names.some((name) => !name.includes(" "));
  return isOne ? [names.join(" ")] : names;
}

/** Adds guests behind the others; rows that were not filled in go. */
export function addGuests(guests: readonly ListedGuest[], more: readonly ListedGuest[]): ListedGuest[] {
  return [...guests.filter((guest) => !isBlankGuest(guest)), ...more];
}

/** The list as it is sent: rows that were not filled in are left out. */
export function readGuests(guests: readonly ListedGuest[], most: number, refuse: Reading["refuse"]): ListedGuest[] {
  const listed = guests.filter((guest) => !isBlankGuest(guest));
  if (listed.length > most) refuse(`At most ${most} guests; ${listed.length} are listed.`);
  guests.forEach((guest, index) => {
    if (isBlankGuest(guest)) return;
    if (isBlank(guest.name)) refuse("Give the guest a name.", `${index}.name`);
    // Guests see each other's names.
    if (withPlainAt(guest.name).includes("@")) refuse("This is an address; it belongs under Email.", `${index}.name`);
    if (!isEmailOrEmpty(guest.email)) refuse("This is not an email address.", `${index}.email`);
  });
  return listed.map(({ guest_id, name, email }) => ({ guest_id, name: name.trim(), email: email.trim() }));
}

export function isEmailOrEmpty(text: string): boolean {
  // The server, too, reads it without what cannot be seen, and wide letters as the usual ones.
  const plain = text.normalize("NFKC").trim();
  return isBlank(plain) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(plain);
}

function isBlankGuest({ name, email }: ListedGuest): boolean {
  return isBlank(name) && isBlank(email);
}
