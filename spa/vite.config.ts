import { readFileSync } from "node:fs";
import type { Plugin, Rolldown } from "vite";

import { defineConfig } from "vitest/config";
import { apiPaths, pathPattern } from "./src/lib/elsewhere.ts";
import { recordCalls } from "./vite-calls.ts";
import { serviceWorker, startScript } from "./vite-worker.ts";

const server = process.env.SCC_URL ?? "http://localhost:8000";

/**
 * The web app manifest. It lies in the slot under its plain name and names the icons by their
 * hashed names in the shared pool, so that both slots can be served from the same bytes.
 */
function manifest(): Plugin {
  const icons = [
    { file: "icon.svg", sizes: "any", type: "image/svg+xml" },
    { file: "icon-192.png", sizes: "192x192", type: "image/png" },
    { file: "icon-512.png", sizes: "512x512", type: "image/png" },
    // Its drawing keeps within the circle that launchers cut out.
    { file: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ];
  const references = new Map<string, string>();
  return {
    name: "manifest",
    apply: "build",
    buildStart() {
      for (const { file } of icons) {
        const source = readFileSync(new URL(`icons/${file}`, import.meta.url));
        references.set(file, this.emitFile({ type: "asset", name: file, source }));
      }
    },
    generateBundle() {
      // No `id`: it would be the same for both slots. Without one it is the start address.
      const source = {
        name: "Ship Captain Crew",
        short_name: "Captain Crew",
        description: "The dispatch desk of a small charter operator.",
        start_url: "./",
        scope: "./",
        display: "standalone",
        background_color: "#0b2440",
        theme_color: "#0b2440",
        icons: icons.map(({ file, ...icon }) => ({ src: `/${this.getFileName(references.get(file) ?? "")}`, ...icon })),
      };
      this.emitFile({
        type: "asset",
        fileName: "manifest.webmanifest",
        source: `${JSON.stringify(source, null, 2)}\n`,
      });
    },
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "manifest", href: "/manifest.webmanifest" }, injectTo: "head" },
    ],
  };
}

const isEntry = (id: string, bundle: Rolldown.ChunkingContext) => bundle.getModuleInfo(id)?.isEntry === true;
const isDesk = (id: string) => /\/src\/(shell\/desk-start\.ts|charters\/board\.tsx)$/.test(id);
const isGuestPart = (id: string) => id.endsWith("/src/guest/details.tsx");

/** Whether a module, or one that imports it, is one of these. */
function isImportedBy(
  id: string,
  bundle: Rolldown.ChunkingContext,
  wanted: (id: string, bundle: Rolldown.ChunkingContext) => boolean,
): boolean {
  const queue = [id];
  for (const one of queue) {
    if (wanted(one, bundle)) return true;
    queue.push(...(bundle.getModuleInfo(one)?.importers ?? []).filter((importer) => !queue.includes(importer)));
  }
  return false;
}

/**
 * What every page begins with is one file, and what desk and board need besides is another. Left to itself the bundler
 * cuts them where later parts share a piece, and files packed one by one are larger. What the rest of a guest's page has
 * in common with the desk is a third: guests fetch nothing of the desk.
 */
const groups = [
  {
    name: (id: string, bundle: Rolldown.ChunkingContext) => (isImportedBy(id, bundle, isEntry) ? "first" : null),
    priority: 3,
  },
  {
    name: (id: string, bundle: Rolldown.ChunkingContext) =>
      !isGuestPart(id) && isImportedBy(id, bundle, isGuestPart) && isImportedBy(id, bundle, isDesk) ? "shared" : null,
    priority: 2,
  },
  {
    name: (id: string, bundle: Rolldown.ChunkingContext) =>
      !isDesk(id) && isImportedBy(id, bundle, isDesk) ? "desk" : null,
    priority: 1,
  },
];

export default defineConfig({
  plugins: [recordCalls(), startScript(), manifest(), serviceWorker()],
  build: {
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    // All styles come with the first load, so that no page ever shows without its own.
    cssCodeSplit: false,
    modulePreload: {
      polyfill: false,
      // Beside a part, what it imports is fetched: for the parts that are fetched first. The names of what all others
      // import would be 1 KB in each guest's first load; those fetch it once they are there.
      resolveDependencies: (part, imported) => (/\/(desk-start|board|details)-/.test(part) ? imported : []),
    },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  server: {
    port: 5173,
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      [...apiPaths, "/_local/*"].map((path) => [
        // A query follows the path here.
        pathPattern(path).replace(/\$$/, "(\\?|$)"),
        { target: server, changeOrigin: true },
      ]),
    ),
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    env: { TZ: "UTC" },
    restoreMocks: true,
    // A window of its own for each file, at a third of the time that the other pools take.
    pool: "vmThreads",
    // Ends what hangs. A busy machine takes many times as long as an idle one.
    testTimeout: 60_000,
  },
});
