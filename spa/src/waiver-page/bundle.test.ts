import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the script that the waiver's page carries is what `npm run build:waiver` makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "waiver-page-"));
  try {
    execFileSync("npm", ["run", "build:waiver", "--", "--outDir", folder], { stdio: "pipe" });
    const kept = readFileSync("../chalicelib/waivers/templates/waiver.js", "utf8");
    expect(readdirSync(folder)).toEqual(["waiver.js"]);
    expect(readFileSync(join(folder, "waiver.js"), "utf8")).toBe(kept);
    expect(kept).toContain("signature_pad");
    expect(kept).not.toMatch(/<\/script/i);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
