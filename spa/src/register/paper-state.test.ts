import { expect, test } from "vitest";
import { paperState, stateOfKind } from "./paper-state";

const TODAY = "2026-11-29";

test.each([
  [null, "Date unknown", "part"],
  ["2025-11-28", "Expired Nov 28, 2025", "due"],
  ["2026-11-28", "Expired Nov 28", "due"],
  ["2026-11-29", "Ends today", "due"],
  ["2026-11-30", "1 day left, Nov 30", "due"],
  ["2026-12-06", "7 days left, Dec 6", "due"],
  ["2026-12-07", "8 days left, Dec 7", "part"],
  ["2026-12-29", "30 days left, Dec 29", "part"],
  ["2026-12-30", "31 days left, Dec 30", "calm"],
  ["2027-02-27", "90 days left, Feb 27, 2027", "calm"],
  ["2027-02-28", "Feb 28, 2027", "good"],
])("a paper that is valid until %s is told as: %s", (valid_until, text, tone) => {
  expect(paperState(valid_until, TODAY)).toMatchObject({ text, tone });
});

test("of several papers of one kind the most pressing is told", () => {
  const paper = (kind: string, valid_until: string | null) => ({ kind, valid_until, number_last4: "", note: "" });
  const papers = [paper("insurance", "2028-01-01"), paper("insurance", null), paper("flares", "2026-01-01")];
  expect(stateOfKind(papers, "insurance", TODAY)?.text).toBe("Date unknown");
  expect(stateOfKind([...papers, paper("insurance", "2026-11-01")], "insurance", TODAY)?.text).toBe("Expired Nov 1");
  expect(stateOfKind(papers, "epirb", TODAY)).toBeNull();
});
