// Times the reading of a bank's file and the proposals, in this process; prints JSON. Runs in spa/.
// It takes the processor's time, which what else runs on the machine hardly changes.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.cwd()}/package.json`));
const { runnerImport } = await import(pathToFileURL(require.resolve("vite")).href);
const Papa = require("papaparse");

const ROUNDS = 9;
const ROWS = 5000;
const load = async (path) => (await runnerImport(`./src/payments/bank/${path}`, { configFile: false, logLevel: "error" })).module;
const { readStatement } = await load("statement-file/read.ts");
const { propose } = await load("matching/propose.ts");
const { Random } = await load("tests/random.ts");

const random = new Random(1);
const letters = () => Array.from({ length: 7 }, () => String.fromCharCode(97 + random.whole(0, 25))).join("");
const names = Array.from({ length: 400 }, () => `${letters()} ${letters()}`);
const payments = [];
const rows = [];
for (let number = 0; number < ROWS; number++) {
  const day = new Date(Date.UTC(2026, 0, 1 + random.whole(0, 330))).toISOString().slice(0, 10);
  const cents = random.whole(1, 40) * 5000;
  const payer = random.pick(names);
  const isCheck = random.chance(0.3);
  const text = isCheck ? "REMOTE ONLINE DEPOSIT # 1" : `Zelle payment from ${payer.toUpperCase()} 22844${number}`;
  const type = isCheck ? "CHECK_DEPOSIT" : "QUICKPAY_CREDIT";
  rows.push(`CREDIT,${day.slice(5, 7)}/${day.slice(8)}/2026,"${text}",${(cents / 100).toFixed(2)},${type},5.00,,`);
  if (number % 5 > 0) continue;
  payments.push({
    payment_id: String(number), kind: "balance", method: isCheck ? "check" : "zelle", amount_cents: cents, currency: "USD", payer,
    reference: "", note: "", received_at: `${day}T12:00:00Z`, status: "received", charter: "Sunset sail",
  });
}
const text = `Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n${rows.join("\n")}\n`;
const bytes = new TextEncoder().encode(text);
const found = readStatement(bytes, "USD").rows.map((row) => ({ ...row, file: "file" }));

function times(act) {
  return Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
}

process.stdout.write(
  JSON.stringify([
    ["papaparse alone", times(() => Papa.parse(text))],
    ["read", times(() => readStatement(bytes, "USD"))],
    [`propose against ${payments.length}`, times(() => propose(found.map((row) => ({ ...row })), payments, "UTC"))],
  ]),
);
