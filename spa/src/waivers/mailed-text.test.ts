import { describe, expect, test } from "vitest";
import { askedText, remindedText, shortList, shortName } from "./mailed-text";

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

test("the result of asking again is shown by name", () => {
  const signer = { waiver_id: "1", participant_name: "Ana Reyes", signer_name: "", can_be_asked: true };
  const signers = [signer, { ...signer, waiver_id: "2", participant_name: "Bo" }];
  const skipped = [{ waiver_id: "2", why: "asked_recently" as const }];
  expect(askedText({ asked: ["1"], skipped }, signers)).toBe("Asked: Ana R. Asked less than six hours ago: Bo.");
  expect(askedText({ asked: [], skipped: [] }, signers)).toBe("Everybody has signed the new text.");
});
