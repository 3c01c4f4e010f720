import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";

/** More than these is no folder, and no file, that a newcomer takes in at a glance. */
const MOST_FILES = 20;
const MOST_LINES = 450;
/** Grows with the API: `tools.contract` writes it. */
const WRITTEN_BY_TOOLS = ["data/contract.ts"];

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.(tsx?|css)$/.test(file) && !file.includes(".test.") && !WRITTEN_BY_TOOLS.includes(file),
);

test("no folder holds more than twenty source files", () => {
  const counts = new Map<string, number>();
  for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect(counts.size).toBeGreaterThan(20);
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

test("no source file is longer than 450 lines", () => {
  const lengths = sources.map((file) => [file, readFileSync(`src/${file}`, "utf8").split("\n").length - 1] as const);
  expect(lengths.filter(([, lines]) => lines > MOST_LINES)).toEqual([]);
});
