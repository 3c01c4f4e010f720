import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/**
 * Builds `sw.js` beside the page, with the names and hashes of all that the app needs to start without a network.
 * It comes last and whole: a build that has it is finished.
 */
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
      const built = await build({
        configFile: false,
        logLevel: "warn",
        define: { FILES: JSON.stringify(files), RELEASE: JSON.stringify(release) },
        build: {
          write: false,
          reportCompressedSize: false,
          rolldownOptions: {
            input: fileURLToPath(new URL("src/shell/sw.ts", import.meta.url)),
            output: { format: "iife", entryFileNames: "sw.js" },
          },
        },
      });
      const worker = [built].flat().flatMap((one) => ("output" in one ? one.output : []))[0];
      if (worker?.type !== "chunk") throw new Error("the service worker was not built");
      writeFileSync(join(dir, "sw.js.part"), worker.code);
      renameSync(join(dir, "sw.js.part"), join(dir, "sw.js"));
    },
  };
}
