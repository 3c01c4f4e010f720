import { expect, test } from "vitest";
import { compact } from "./chart";

test("a tick of the chart is as short as its currency allows, with cents or without", () => {
  expect(compact(40_00, "USD")).toBe("$40");
  expect(compact(4_000_00, "USD")).toBe("$4K");
  expect(compact(900, "JPY")).toBe("¥900");
  expect(compact(120_000, "JPY")).toBe("¥120K");
  expect(compact(-2_000_000, "KWD")).toBe("−KWD\u00a02K");
});
