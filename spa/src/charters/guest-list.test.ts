import { expect, test } from "vitest";
import { addGuests, checkGuests, newGuest, parseGuests } from "./guest-list";

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

test("each wrong field is named by its row, and an empty row is no guest", () => {
  const errors: Record<string, string> = {};
  checkGuests([guest("Ana"), newGuest, guest("", "bo@example.com"), guest("Cy", "cy@")], errors);
  expect(Object.keys(errors)).toEqual(["guests.2.name", "guests.3.email"]);
});

test("sixty guests are the most", () => {
  const errors: Record<string, string> = {};
  checkGuests(
    Array.from({ length: 61 }, (_, number) => guest(`Guest ${number}`)),
    errors,
  );
  expect(errors).toEqual({ guests: "At most 60 guests; 61 are listed." });
  const fine: Record<string, string> = {};
  checkGuests([...Array(60).fill(guest("Ana")), newGuest], fine);
  expect(fine).toEqual({});
});
