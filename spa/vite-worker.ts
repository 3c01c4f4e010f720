import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/** Builds `sw.js` beside the page, with the names and hashes of all that the app needs to start without a network. */
export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    async writeBundle({ dir = "dist" }, bundle) {
      const names = Object.keys(bundle).filter((name) => /^assets\/.*\.(js|css|svg)$/.test(name));
      const files = ["index.html", ...names.sort()].map((name) => {
        const hash = createHash("sha256")
          .update(readFileSync(join(dir, name)))
          .digest("base64");
        return [name === "index.html" ? "./" : `/${name}`, `sha256-${hash}`];
      });
      const release = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
      await build({
        configFile: false,
        logLevel: "warn",
        define: { FILES: JSON.stringify(files), RELEASE: JSON.stringify(release) },
        build: {
          outDir: dir,
          emptyOutDir: false,
          reportCompressedSize: false,
          rolldownOptions: {
            input: fileURLToPath(new URL("src/shell/sw.ts", import.meta.url)),
            output: { format: "iife", entryFileNames: "sw.js" },
          },
        },
      });
    },
  };
}
