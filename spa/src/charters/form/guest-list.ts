import type { ListedGuest } from "../../data/contract";
import type { Reading } from "./field-kinds";

/** The server gives each its id. */
export const newGuest: ListedGuest = { guest_id: "", name: "", email: "" };

/**
 * Guests out of pasted lines such as `Ana Reyes, ana@example.com`, `Ana Reyes <ana@example.com>` or
 * just `Ana Reyes`, also as cells of a spreadsheet.
 */
export function parseGuests(text: string): ListedGuest[] {
  return text
    .split(/\r\n|\r|\n/)
    .map(parseLine)
    .filter((guest) => !isBlankGuest(guest));
}

function parseLine(line: string): ListedGuest {
  const email = line.match(/[^\s<>,;"]*@[^\s<>,;"]*/)?.[0] ?? "";
  const name = line.replace(email, "").replace(/[\s<>,;"]+/g, " ");
  return { guest_id: "", name: name.trim(), email };
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
    if (guest.name.trim() === "") refuse("Give the guest a name.", `${index}.name`);
    if (!isEmailOrEmpty(guest.email)) refuse("This is not an email address.", `${index}.email`);
  });
  return listed.map(({ guest_id, name, email }) => ({ guest_id, name: name.trim(), email: email.trim() }));
}

export function isEmailOrEmpty(text: string): boolean {
  return text.trim() === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

export function isBlankGuest({ name, email }: ListedGuest): boolean {
  return name.trim() === "" && email.trim() === "";
}
