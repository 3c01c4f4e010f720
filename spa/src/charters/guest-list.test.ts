import { expect, test } from "vitest";
import { addGuests, newGuest, parseGuests, readGuests } from "./guest-list";

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
