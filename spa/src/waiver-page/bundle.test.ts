import { readFileSync } from "node:fs";
import { build } from "vite";
import { expect, test } from "vitest";

test("the script that the waiver's page carries is what `npm run build:waiver` makes", async () => {
  const made = await build({ configFile: "vite.waiver.config.ts", build: { write: false } });
  const files = [made].flat().flatMap((one) => ("output" in one ? one.output : []));
  const kept = readFileSync("../chalicelib/waivers/templates/waiver.js", "utf8");
  expect(files.map((file) => "code" in file && file.code)).toEqual([kept]);
  expect(kept).toContain("signature_pad");
  expect(kept).not.toMatch(/<\/script/i);
});
