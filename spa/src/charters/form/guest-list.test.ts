import { expect, test } from "vitest";
import { addGuests, newGuest, parseGuests, readGuests, settleGuests } from "./guest-list";

const guest = (name: string, email = "") => ({ guest_id: "", name, email });

test("pasted lines become guests, in every usual spelling", () => {
  const text = `Ana Reyes, ana@example.com\r\nBo Sund <bo@example.com>\n
    "Cora Lind"; cora@example.com;\nDan\tdan@example.com\nReyes, Eva\n@@\n , \n`;
  expect(parseGuests(text)).toEqual([
    guest("Ana Reyes", "ana@example.com"),
    guest("Bo Sund", "bo@example.com"),
    guest("Cora Lind", "cora@example.com"),
    guest("Dan", "dan@example.com"),
    guest("Reyes Eva"),
    guest("", "@@"),
  ]);
});

test.each([
  ["Ana Reyes <ana@example.com>; Ben Ott <ben@example.com>"],
  ["Ana Reyes <ana@example.com>, Ben Ott <ben@example.com>,"],
  ["Ana Reyes <ana@example.com> Ben Ott <ben@example.com>"],
  ["Ana Reyes ana@example.com; Ben Ott ben@example.com;"],
  ["Ana Reyes, ana@example.com, Ben Ott, ben@example.com"],
  ["Ana Reyes; ana@example.com; Ben Ott; ben@example.com"],
  ['"Ana Reyes" <ana@example.com>; "Ben Ott" <ben@example.com>'],
  ["Ana Reyes (ana@example.com), Ben Ott (ben@example.com)"],
  ["Ana Reyes: ana@example.com\nBen Ott - ben@example.com"],
  ["Ana\tReyes\tana@example.com\nBen\tOtt\tben@example.com"],
  ["ana@example.com, Ana Reyes\nben@example.com (Ben Ott)"],
  ["Ana Reyes ana＠example.com; Ben Ott <ben﹫example.com>"],
])("a list of guests is read as two: %s", (text) => {
  expect(parseGuests(text)).toEqual([guest("Ana Reyes", "ana@example.com"), guest("Ben Ott", "ben@example.com")]);
});

test.each([
  ['"Reyes, Ana" <ana@example.com>; Ott, Ben <ben@example.com>', ["Reyes Ana", "Ott Ben"]],
  ["Ana Reyes, Ben Ott, Cora Lind", ["Ana Reyes", "Ben Ott", "Cora Lind"]],
  ["Ana; Ben; Cora", ["Ana", "Ben", "Cora"]],
  ["Ana, Ben, Cora", ["Ana", "Ben", "Cora"]],
  ["Ana Reyes <ana@example.com>; Ben Ott", ["Ana Reyes", "Ben Ott"]],
  ["Ben Ott, Ana Reyes <ana@example.com>", ["Ben Ott", "Ana Reyes"]],
  ["de la Cruz, Ana", ["de la Cruz Ana"]],
  ["O'Neil-Smith, Anne-Marie", ["O'Neil-Smith Anne-Marie"]],
])("names stay with their people: %s", (text, names) => {
  expect(parseGuests(text).map(({ name }) => name)).toEqual(names);
});

test.each([
  ["ana@example.com; ben@example.com", ["0.name", "1.name"]],
  ["ana@example.com, ben@example.com", ["0.name", "1.name"]],
  ["Ana Reyes <ana@example.com> <ben@example.com>", ["1.name"]],
  ["Ana Reyes <ana@>; @ben", ["0.email", "1.name", "1.email"]],
  // Whose address is whose cannot be known.
  ["ana@example.com, Ana, ben@example.com, Ben", ["0.name", "2.name"]],
])("what cannot be read is a row to correct, and no address becomes a name: %s", (text, fields) => {
  const guests = parseGuests(text);
  expect(guests.filter(({ name }) => name.includes("@"))).toEqual([]);
  expect(Object.keys(refused(guests))).toEqual(fields);
});

test("an address that is typed as a name is refused", () => {
  const sentence = "This is an address; it belongs under Email.";
  const typed = ["ana@example.com", "Ben <ben@example.com>", "cy＠example．com"].map((name) => guest(name));
  expect(refused(typed)).toEqual({ "0.name": sentence, "1.name": sentence, "2.name": sentence });
});

test("an address is taken as keyboards write it and mails carry it, as the server takes it", () => {
  const typed = ["ana＠example．com", "\u200bana@example.com\ufeff", "\u00a0ana@example.com", "\u200b"];
  expect(refused(typed.map((email) => guest("Ana", email)))).toEqual({});
});

test("what was pasted and not added yet becomes rows", () => {
  const pasted = "Ben Ott <ben@example.com>\nCora";
  expect(settleGuests({ rows: [guest("Ana"), newGuest], pasted })).toEqual({
    rows: [guest("Ana"), guest("Ben Ott", "ben@example.com"), guest("Cora")],
    pasted: "",
  });
});

test("pasted guests take the place of an empty row and keep who is there", () => {
  const ana = { ...guest("Ana"), guest_id: "guest-1" };
  expect(addGuests([ana, newGuest], [guest("Bo")])).toEqual([ana, guest("Bo")]);
});

/** What is refused, by row and field; the list as a whole stands under "". */
function refused(guests: Parameters<typeof readGuests>[0]): Record<string, string> {
  const errors: Record<string, string> = {};
  readGuests(guests, 60, (message, path = "") => {
    errors[path] = message;
  });
  return errors;
}

test("each wrong field is named by its row, and an empty row is no guest", () => {
  const guests = [guest("Ana"), newGuest, guest("", "bo@example.com"), guest("Cy", "cy@")];
  expect(Object.keys(refused(guests))).toEqual(["2.name", "3.email"]);
});

test("sixty guests are the most", () => {
  const many = Array.from({ length: 61 }, (_, number) => guest(`Guest ${number}`));
  expect(refused(many)).toEqual({ "": "At most 60 guests; 61 are listed." });
  expect(refused([...Array(60).fill(guest("Ana")), newGuest])).toEqual({});
});
