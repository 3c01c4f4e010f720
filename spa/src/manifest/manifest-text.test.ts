import { expect, test } from "vitest";
import type { Passenger } from "../data/contract";
import { sampleManifest, samplePassenger } from "../testing/samples";
import { headCount, missingText, overText, unticked } from "./manifest-text";

const ana = samplePassenger();
const aboard: Passenger = { ...ana, name: "Bo", checked_in_at: "2026-07-04T20:50:00Z" };
const away: Passenger = { ...ana, name: "Cy", no_show: true };

test("heads are counted by signatures until the first comes aboard", () => {
  expect(headCount(sampleManifest({ passengers: [ana], head_count: 1 }))).toBe("1 signed, limit 6");
  const boarding = sampleManifest({ passengers: [ana, aboard, away], head_count: 1 });
  expect(headCount(boarding)).toBe("1 aboard, limit 6");
  expect(headCount({ ...boarding, passenger_limit: null })).toBe("1 aboard, no limit set");
});

test("who was not ticked off is neither aboard nor a no-show", () => {
  expect(unticked(sampleManifest({ passengers: [ana, aboard, away] }))).toEqual([ana]);
});

test("who is missing is named as far as names are known", () => {
  const missing = (count: number, ...missing_names: string[]) =>
    missingText(sampleManifest({ missing: count, missing_names }));
  expect(missing(0)).toBe("");
  expect(missing(1)).toBe("1 has not signed.");
  expect(missing(2, "Bo Sund", "Cora Lind")).toBe("2 have not signed: Bo Sund, Cora Lind.");
  expect(missing(3, "Bo Sund")).toBe("3 have not signed: Bo Sund and 2 without a name.");
});

test("too many are those expected until the first comes aboard, then those aboard", () => {
  const expected = sampleManifest({ head_count: 1, missing: 6, over_limit: true });
  expect(overText(expected)).toBe("7 are expected; the vessel may carry 6.");
  const boarding = { ...expected, passengers: [ana, aboard], head_count: 7, missing: 2 };
  expect(overText(boarding)).toBe("7 are aboard; the vessel may carry 6.");
});
