import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";

// What the server's pages carry is fetched with each of them, at a dock too.
const SCRIPTS = [
  { mode: "waiver", room: "waivers", file: "waiver.js", most_bytes: 12 * 1024 },
  { mode: "crew", room: "crew_page", file: "crew.js", most_bytes: 4 * 1024 },
  { mode: "crew-worker", room: "crew_page", file: "worker.js", most_bytes: 1024 },
];

test.each(SCRIPTS)("the server's $file is what `npm run build:$mode` makes, and small", ({ mode, ...script }) => {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  try {
    execFileSync("npm", ["run", `build:${mode}`, "--", "--outDir", folder], { stdio: "pipe" });
    const kept = readFileSync(`../chalicelib/${script.room}/templates/${script.file}`, "utf8");
    expect(readdirSync(folder)).toEqual([script.file]);
    expect(readFileSync(join(folder, script.file), "utf8")).toBe(kept);
    expect(kept).not.toMatch(/<\/script/i);
    expect(kept.includes("signature_pad")).toBe(mode === "waiver");
    expect(brotliCompressSync(kept).length).toBeLessThan(script.most_bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
