import { expect, test } from "vitest";
import { smsLink, whatsAppLink } from "./message-links";

test("a number is dialled by its digits, and WhatsApp gets it only with its country", () => {
  expect(smsLink("Hi", "+1 (619) 555-0110")).toBe("sms:+16195550110?&body=Hi");
  expect(whatsAppLink("Hi", "+1 (619) 555-0110")).toBe("https://wa.me/16195550110?text=Hi");
  expect(whatsAppLink("Hi", "0044 20 7946 0018")).toBe("https://wa.me/442079460018?text=Hi");
  for (const local of ["619 555 0110", "", "+", "ask Ana"]) {
    expect(whatsAppLink("Hi", local)).toBe("https://wa.me/?text=Hi");
  }
});

test("a text arrives whole, whatever is in it", () => {
  for (const text of ["100% & #1?", "Inés Kovač", "佐藤", "שלום", "two\nlines", "https://example.com/c/a_b-c?x=1"]) {
    expect(new URL(whatsAppLink(text)).searchParams.get("text")).toBe(text);
    expect(decodeURIComponent(smsLink(text).split("body=")[1] ?? "")).toBe(text);
  }
});
