import { describe, expect, test } from "vitest";
import { sampleCharter } from "../testing/samples";
import { askedText, auditText, entriesText, remindedText, shortList, shortName, takesSignatures } from "./waiver-text";

test("names are short enough for a card", () => {
  expect(["Ana Reyes", " Bo ", "Ana Maria  de la Cruz", "Zoë Ångström", ""].map(shortName)).toEqual([
    "Ana R.",
    "Bo",
    "Ana C.",
    "Zoë Å.",
    "",
  ]);
  expect(shortList(["Ana Reyes", "Bo Sund"])).toBe("Ana R., Bo S.");
  expect(shortList(["Ana Reyes", "Bo Sund", "Cora", "Dan"])).toBe("Ana R., Bo S. +2");
  // Names written from right to left do not change places.
  expect(shortList(["דנה כהן", "יעל רז", "Cora"])).toBe("\u2068דנה כ.\u2069, \u2068יעל ר.\u2069 +1");
});

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

describe("the result of a reminder", () => {
  const guests = [
    { guest_id: "1", name: "Ana Reyes", email: "" },
    { guest_id: "2", name: "Bo", email: "" },
  ];

  test("names who got one, and who did not and why", () => {
    const skipped = [{ guest_id: "2", why: "no_email" as const }];
    expect(remindedText({ reminded: ["1"], skipped }, guests)).toEqual({
      text: "Reminded: Ana R. No email: Bo.",
      good: true,
    });
  });

  test("is no success when nobody got one", () => {
    const skipped = [
      { guest_id: "1", why: "reminded_recently" as const },
      { guest_id: "gone", why: "signed" as const },
    ];
    expect(remindedText({ reminded: [], skipped }, guests)).toEqual({
      text: "Reminded less than six hours ago: Ana R. Has signed meanwhile: somebody.",
      good: false,
    });
  });

  test("with nobody missing says so", () => {
    expect(remindedText({ reminded: [], skipped: [] }, guests).text).toBe("Nobody is missing.");
  });
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

test("the result of asking again is shown by name", () => {
  const signer = { waiver_id: "1", participant_name: "Ana Reyes", signer_name: "", can_be_asked: true };
  const signers = [signer, { ...signer, waiver_id: "2", participant_name: "Bo" }];
  const skipped = [{ waiver_id: "2", why: "asked_recently" as const }];
  expect(askedText({ asked: ["1"], skipped }, signers)).toBe("Asked: Ana R. Asked less than six hours ago: Bo.");
  expect(askedText({ asked: [], skipped: [] }, signers)).toBe("Everybody has signed the new text.");
});
