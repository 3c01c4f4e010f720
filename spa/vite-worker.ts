import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/** A script of its own, beside the app's, as the page or the browser takes it: one file that imports nothing. */
async function buildScript(source: string, define: Record<string, string> = {}, postBanner = ""): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    define,
    build: {
      write: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(source, import.meta.url)),
        output: { format: "iife", postBanner },
      },
    },
  });
  const script = [built].flat().flatMap((one) => ("output" in one ? one.output : []))[0];
  if (script?.type !== "chunk") throw new Error(`${source} was not built`);
  return script.code;
}

/** The page's first script, which is no part of the app's files: it helps a device whose release does not start. */
export function startScript(): Plugin {
  return {
    name: "start-script",
    apply: "build",
    async buildStart() {
      const source = await buildScript("src/shell/start.ts");
      this.emitFile({ type: "asset", name: "start.js", source });
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {} }) {
        const start = Object.keys(bundle).find((name) => /^assets\/start-[^/]+\.js$/.test(name));
        if (!start) throw new Error("the start script was not built");
        return [{ tag: "script", attrs: { async: true, src: `/${start}` }, injectTo: "head" }];
      },
    },
  };
}

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
      // Devices need no record of the calls; it is named so that a build without it is no whole one.
      const calls = Object.keys(bundle).find((name) => name.startsWith("assets/calls-"));
      const define = { FILES: JSON.stringify(files), RELEASE: JSON.stringify(release) };
      const worker = await buildScript("src/shell/sw.ts", define, `/*! ${JSON.stringify(calls)} */`);
      writeFileSync(join(dir, "sw.js.part"), worker);
      renameSync(join(dir, "sw.js.part"), join(dir, "sw.js"));
    },
  };
}
