import { expect, test } from "vitest";
import { sampleCharter } from "../testing/samples";
import { auditText, entriesText, takesSignatures } from "./waiver-text";

test("a record's history tells admin, signer, link and system apart, whatever the signer is called", () => {
  expect([
    auditText({ act: "signed", actor_type: "signer", by: "admin" }),
    auditText({ act: "signed", actor_type: "signer", by: "" }),
    auditText({ act: "copy_sent", actor_type: "system", by: "system" }),
    auditText({ act: "link_opened", actor_type: "link", by: "copy link" }),
    auditText({ act: "set_aside", actor_type: "admin", by: "ana" }),
  ]).toEqual([
    { what: "Signed", by: "by the signer, admin" },
    { what: "Signed", by: "by the signer" },
    { what: "Copy sent", by: "" },
    { what: "Link of the copy opened", by: "" },
    { what: "Set aside", by: "by ana" },
  ]);
});

test("the log's entries are counted by its head", () => {
  expect(["a\n0\nx\n", "a\n1\nx\n", "a\n12345\nx\n"].map(entriesText)).toEqual([
    "0 entries",
    "1 entry",
    "12,345 entries",
  ]);
});

test("a charter takes signatures until it ends, for a day when reopened, never when cancelled", () => {
  const event = sampleCharter({ ends_at: "2026-07-05T01:00:00Z" });
  const at = (time: string) => new Date(time).getTime();
  expect(takesSignatures(event, at("2026-07-05T00:59:59Z"))).toBe(true);
  expect(takesSignatures(event, at("2026-07-05T01:00:00Z"))).toBe(false);
  const reopened = { ...event, waivers_open_until: "2026-07-07T00:00:00Z" };
  expect(takesSignatures(reopened, at("2026-07-06T23:00:00Z"))).toBe(true);
  expect(takesSignatures(reopened, at("2026-07-07T00:00:00Z"))).toBe(false);
  expect(takesSignatures({ ...event, status: "cancelled" }, at("2026-07-01T00:00:00Z"))).toBe(false);
});
