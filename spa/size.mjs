// Fails the build when the first load is too heavy, or when the page breaks the content security policy.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

// What is fetched before the page shows: by a guest, and by an admin, who fetches the desk and the board besides.
const LIMITS_BYTES = { "guest page": 16 * 1024, desk: 40 * 1024 };
const dist = new URL("dist/", import.meta.url);
const read = (path) => readFileSync(new URL(path.replace(/^\//, ""), dist));

const page = read("index.html").toString();
const named = [...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.js)"/g)].map((match) => match[1]);
const scripts = { "guest page": withImports(named) };
const parts = [...scripts["guest page"]].flatMap(([path, { source }]) =>
  [...source.matchAll(/\bimport\(["'`](\.[^"'`]+\.js)["'`]\)/g)].map((match) => beside(path, match[1])),
);
const desk = [...new Set(parts)].filter((path) => /\/(desk-start|board)-/.test(path));
scripts.desk = withImports([...named, ...desk]);
// The rest of a guest's page, which is fetched beside the answer.
const details = withImports(parts.filter((path) => /\/details-/.test(path)));

/** These scripts and what they import without being asked to. */
function withImports(paths) {
  const found = new Map();
  const queue = [...paths];
  while (queue.length > 0) {
    const path = queue.pop();
    if (found.has(path)) continue;
    const bytes = read(path);
    const source = bytes.toString();
    found.set(path, { source, packed_bytes: brotliCompressSync(bytes).length });
    for (const match of source.matchAll(/\b(?:import|from)\s*"(\.[^"]+\.js)"/g)) {
      queue.push(beside(path, match[1]));
    }
  }
  return found;
}

function beside(path, name) {
  return new URL(name, `http://dist${path}`).pathname;
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const problems = [];
for (const [what, limit_bytes] of Object.entries(LIMITS_BYTES)) {
  const sizes = [...scripts[what].values()].map(({ packed_bytes }) => packed_bytes);
  const total_bytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  console.log(`${what}: ${kilobytes(total_bytes)} of JavaScript (brotli), limit ${kilobytes(limit_bytes)}`);
  if (total_bytes > limit_bytes) problems.push(`the first load of the ${what} is over its limit`);
}
if (named.length === 0) problems.push("index.html names no script");
if (details.size === 0 || [...details.keys()].some((path) => /\/desk-/.test(path))) {
  problems.push("the rest of the guest page is no part of its own, or fetches the desk");
}
if (desk.length !== 2) problems.push("the desk and the board are no parts of their own");
if (/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|"data:/.test(page)) {
  problems.push("index.html holds inline script or style, which the content security policy forbids");
}
for (const problem of problems) console.error(`error: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
