// Prints what is read of bank files, and what they say about the payments that wait to clear, as JSON.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";

const USAGE = "usage: npm run --silent bank -- FILE… [--to-clear FILE]";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { "to-clear": { type: "string" } } });
try {
  if (positionals.length === 0) throw new Error(USAGE);
  // The same source that the page is made of, which Node cannot read by itself.
  const source = new URL("src/payments/bank/command.ts", import.meta.url).pathname;
  const { module } = await runnerImport(source, { configFile: false, logLevel: "error" });
  // npm runs this in spa/, wherever it was called.
  const given = (path) => readFileSync(resolve(process.env.INIT_CWD ?? ".", path));
  const files = positionals.map((path) => ({ name: basename(path), bytes: given(path) }));
  const toClear = values["to-clear"] ? JSON.parse(given(values["to-clear"]).toString()) : [];
  const { SCC_TIMEZONE = "UTC", SCC_CURRENCY = "USD" } = process.env;
  const report = module.report(files, toClear, SCC_TIMEZONE, SCC_CURRENCY);
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
