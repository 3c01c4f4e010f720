import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** What the waiver's page carries inline: one file, kept beside its template so that the function needs no build. */
const { version, license } = JSON.parse(
  readFileSync(new URL("node_modules/signature_pad/package.json", import.meta.url), "utf8"),
);

export default defineConfig({
  logLevel: "warn",
  build: {
    outDir: fileURLToPath(new URL("../chalicelib/waivers/templates", import.meta.url)),
    emptyOutDir: false,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: fileURLToPath(new URL("src/waiver-page/page.ts", import.meta.url)),
      output: {
        format: "iife",
        entryFileNames: "waiver.js",
        // Minifying drops the notice that the licence asks to keep.
        postBanner: `/*! Holds signature_pad ${version}, (c) Szymon Nowak, ${license} license */`,
      },
    },
  },
});
