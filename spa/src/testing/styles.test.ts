import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** A class alone, or one of several beside each other: what gives it its look wherever it is used. */
const ALONE = /^\.([\w-]+)( \+ \.\1)?$/;

test("a class gets its own look in one room only: all styles are one file, and the other room's would change too", () => {
  const rooms = new Map<string, Set<string>>();
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".css")) continue;
    const styles = readFileSync(`src/${file}`, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const selectors = [...styles.matchAll(/([^{}]+)\{/g)].flatMap(([, list = ""]) => list.split(","));
    for (const selector of selectors) {
      const [, name] = ALONE.exec(selector.trim()) ?? [];
      if (name) rooms.set(name, (rooms.get(name) ?? new Set()).add(file.split("/")[0] ?? ""));
    }
  }
  expect(rooms.size).toBeGreaterThan(100);
  const shared = [...rooms].filter(([, named]) => named.size > 1);
  expect(shared.map(([name, named]) => `.${name}: ${[...named].join(", ")}`)).toEqual([]);
});
