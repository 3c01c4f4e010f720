import { expect, test } from "vitest";
import type { GroupTotals } from "../../data/contract";
import { sampleTotals } from "../../testing/samples";
import { anyCharters, askedCharters, groupKey, groupName, ledgerPath } from "./of-charters";

const group = (id: string | null, name: string): GroupTotals => ({ id, name, charters: 1, totals: sampleTotals() });
const november = { from: "2026-11-01", to: "2026-11-30" };

test("a record is asked for by its id, a typed name however it was typed", () => {
  expect(groupKey(group("boat-1", "Petrel"))).toBe("boat-1");
  expect(groupKey(group(null, "Sea Otter"))).toBe("sea otter");
  expect(groupKey(group(null, "  séa   OTTER"))).toBe("sea otter");
});

test("a typed name is told from a record of the same name, and none from any", () => {
  const all = [group("p1", "Ana Reyes"), group(null, "ána reyes"), group(null, "Cap Hook"), group(null, "")];
  expect(all.map((one) => groupName(one, "captain", all, null))).toEqual([
    "Ana Reyes",
    "ána reyes (typed)",
    "Cap Hook",
    "No captain named",
  ]);
  expect(groupName(group(null, ""), "boat", all, null)).toBe("No boat named");
});

test.each(["boat-1", "sea otter", "a&b=c#d?e", "100 % +1 ½", "נועה לוי", "šibenik 🛥", "x".repeat(100)])(
  "the ledger's address says %s as it is",
  (boat) => {
    const path = ledgerPath(november, { boat, captain: "o'brien" });
    const { pathname, search } = new URL(path, "https://desk.example");
    expect(pathname).toBe("/payments");
    expect(askedCharters(search)).toEqual({ boat, captain: "o'brien" });
    expect(new URLSearchParams(search).get("from")).toBe("2026-11-01");
  },
);

test("what is not asked for does not stand in the address", () => {
  expect(ledgerPath(november, anyCharters)).toBe("/payments?from=2026-11-01&to=2026-11-30");
  expect(askedCharters("?from=2026-11-01&to=2026-11-30")).toEqual(anyCharters);
});
