import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const { version, license } = JSON.parse(
  readFileSync(new URL("node_modules/signature_pad/package.json", import.meta.url), "utf8"),
);

/**
 * What the server's own pages carry: each one file, kept beside its templates so that the function needs no build.
 * By the mode that is built.
 */
const SCRIPTS: Record<string, { input: string; room: string; file: string; banner?: string }> = {
  waiver: {
    input: "src/waiver-page/page.ts",
    room: "waivers",
    file: "waiver.js",
    // Minifying drops the notice that the licence asks to keep.
    banner: `/*! Holds signature_pad ${version}, (c) Szymon Nowak, ${license} license */`,
  },
  crew: { input: "src/crew-page/page.ts", room: "crew_page", file: "crew.js" },
  "crew-worker": { input: "src/crew-page/worker.ts", room: "crew_page", file: "worker.js" },
};

export default defineConfig(({ mode }) => {
  const script = SCRIPTS[mode];
  if (!script) throw new Error(`there is no page's script named ${mode}`);
  return {
    logLevel: "warn",
    build: {
      outDir: fileURLToPath(new URL(`../chalicelib/${script.room}/templates`, import.meta.url)),
      emptyOutDir: false,
      reportCompressedSize: false,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: fileURLToPath(new URL(script.input, import.meta.url)),
        output: {
          format: "iife",
          entryFileNames: script.file,
          ...(script.banner ? { postBanner: script.banner } : {}),
        },
      },
    },
  };
});
