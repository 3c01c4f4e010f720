// Fails the build when the first load is too heavy, or when the page breaks the content security policy.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const LIMIT_BYTES = 40 * 1024;
const dist = new URL("dist/", import.meta.url);
const read = (path) => readFileSync(new URL(path.replace(/^\//, ""), dist));

const page = read("index.html").toString();
const queue = [...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+\.js)"/g)].map(
  (match) => match[1],
);
const scripts = new Map();
while (queue.length > 0) {
  const path = queue.pop();
  if (scripts.has(path)) continue;
  const source = read(path);
  scripts.set(path, brotliCompressSync(source).length);
  // What a script imports without being asked to is part of the first load.
  for (const match of source.toString().matchAll(/\b(?:import|from)\s*"(\.[^"]+\.js)"/g)) {
    queue.push(new URL(match[1], `http://dist${path}`).pathname);
  }
}

const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
for (const [path, bytes] of scripts) console.log(`${path} ${kilobytes(bytes)} brotli`);
console.log(
  `first load: ${kilobytes(total)} of JavaScript (brotli), limit ${kilobytes(LIMIT_BYTES)}`,
);

const problems = [];
if (scripts.size === 0) problems.push("index.html names no script");
if (total > LIMIT_BYTES) problems.push("the first load is over its limit");
if (/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|"data:/.test(page)) {
  problems.push(
    "index.html holds inline script or style, which the content security policy forbids",
  );
}
for (const problem of problems) console.error(`error: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
