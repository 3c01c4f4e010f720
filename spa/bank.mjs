// Prints what is read of bank files, and what they say about the payments that wait to clear, as JSON.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";

const USAGE = "usage: npm run --silent bank -- FILE… [--to-clear FILE]";

try {
  const { values, positionals } = readArguments();
  // The same source that the page is made of, which Node cannot read by itself.
  const source = new URL("src/payments/bank/command.ts", import.meta.url).pathname;
  const { module } = await runnerImport(source, { configFile: false, logLevel: "error" });
  // npm runs this in spa/, wherever it was called.
  const given = (path) => readFileSync(resolve(process.env.INIT_CWD ?? ".", path));
  const names = positionals.map((path) => basename(path));
  const areDistinct = new Set(names).size === names.length;
  const files = positionals.map((path, index) => ({ name: areDistinct ? names[index] : path, bytes: given(path) }));
  const toClear = values["to-clear"] === undefined ? [] : readJson(values["to-clear"], given);
  const { SCC_TIMEZONE = "UTC", SCC_CURRENCY = "USD" } = process.env;
  const report = module.report(files, toClear, SCC_TIMEZONE, SCC_CURRENCY);
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function readArguments() {
  try {
    const read = parseArgs({ allowPositionals: true, options: { "to-clear": { type: "string" } } });
    if (read.positionals.length > 0) return read;
  } catch {
    // What is wrong is seen beside the usage.
  }
  throw new Error(USAGE);
}

function readJson(path, given) {
  const text = given(path).toString();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error.message}`);
  }
}
