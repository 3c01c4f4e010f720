import type { Guest } from "../data/contract";

export const MAX_GUESTS = 60;

export const newGuest: Guest = { guest_id: "", name: "", email: "" };

/**
 * Guests out of pasted lines such as `Ana Reyes, ana@example.com`, `Ana Reyes <ana@example.com>` or
 * just `Ana Reyes`, also as cells of a spreadsheet.
 */
export function parseGuests(text: string): Guest[] {
  return text
    .split(/\r\n|\r|\n/)
    .map(parseLine)
    .filter((guest) => !isBlankGuest(guest));
}

function parseLine(line: string): Guest {
  const email = line.match(/[^\s<>,;"]*@[^\s<>,;"]*/)?.[0] ?? "";
  const name = line.replace(email, "").replace(/[\s<>,;"]+/g, " ");
  return { guest_id: "", name: name.trim(), email };
}

/** Adds guests behind the others, in the place of rows that nobody has filled in. */
export function addGuests(guests: readonly Guest[], more: readonly Guest[]): Guest[] {
  return [...guests.filter((guest) => !isBlankGuest(guest)), ...more];
}

/** Says beside which field of the list something is wrong. */
export function checkGuests(guests: readonly Guest[], errors: Record<string, string>): void {
  const listed = guests.filter((guest) => !isBlankGuest(guest)).length;
  if (listed > MAX_GUESTS) errors.guests = `At most ${MAX_GUESTS} guests; ${listed} are listed.`;
  guests.forEach((guest, index) => {
    if (isBlankGuest(guest)) return;
    if (guest.name.trim() === "") errors[`guests.${index}.name`] = "Give the guest a name.";
    if (!isEmailOrEmpty(guest.email)) {
      errors[`guests.${index}.email`] = "This is not an email address.";
    }
  });
}

export function isEmailOrEmpty(text: string): boolean {
  return text.trim() === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

export function trimmedGuest({ guest_id, name, email }: Guest): Guest {
  return { guest_id, name: name.trim(), email: email.trim() };
}

export function isBlankGuest({ name, email }: Guest): boolean {
  return name.trim() === "" && email.trim() === "";
}
