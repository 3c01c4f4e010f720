import { expect, test } from "vitest";
import { smsLink, whatsAppLink } from "../lib/message-links";
import { sampleCharter } from "../testing/samples";
import { guestPath, kioskPath, shareText } from "./share-text";

test("the guest page and the kiosk go by the link, which is not the charter's id once it was renewed", () => {
  const renewed = sampleCharter({ event_id: "event-1", guest_url: "https://example.com/g/renewed_-1" });
  expect(guestPath(renewed)).toBe("/g/renewed_-1");
  expect(kioskPath(renewed)).toBe("/g/renewed_-1/waiver?kiosk=1");
});

test("a shared text says what, when and where to look, and survives the trip through a link", () => {
  const event = sampleCharter({ title: "Tom & Jo's 100% sail #1", timezone: "UTC" });
  const text = shareText(event);
  expect(text).toMatch(/^Tom & Jo's 100% sail #1, Saturday, July 4, 2026, 9:00/);
  expect(text).toMatch(event.guest_url);
  expect(new URL(whatsAppLink(text)).searchParams.get("text")).toBe(text);
  expect(smsLink(text)).toBe(`sms:?&body=${encodeURIComponent(text)}`);
});
