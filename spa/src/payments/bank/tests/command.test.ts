import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { report } from "../command";

const run = promisify(execFile);
const chase = `Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
CREDIT,10/13/2026,"Zelle payment from ANA RUIZ 22844120087",500.00,QUICKPAY_CREDIT,1500.00,,
CREDIT,10/12/2026,"REMOTE ONLINE DEPOSIT #          1",n/a,CHECK_DEPOSIT,1000.00,1,
CREDIT,10/11/2026,"Zelle payment from BO STROUD 22844120088",200.00,QUICKPAY_CREDIT,700.00,,
`;
const ana = {
  payment_id: "1",
  method: "zelle",
  amount_cents: 50_000,
  payer: "Ana Ruiz",
  received_at: "2026-10-12T19:00:00Z",
};
const kai = { ...ana, payment_id: "2", payer: "Kai Vell", charter: "Lark" };
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bank-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function keep(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function bank(...given: string[]): Promise<{ code: number; printed: string; said: string }> {
  try {
    const { stdout, stderr } = await run("npm", ["run", "--silent", "bank", "--", ...given], { cwd: process.cwd() });
    return { code: 0, printed: stdout, said: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, printed: stdout, said: stderr };
  }
}

test("the command prints rows, matches and income without a payment as JSON", async () => {
  const file = await keep("october.csv", chase);
  const toClear = await keep("to-clear.json", JSON.stringify({ payments: [ana, kai] }));
  const { code, printed, said } = await bank(file, "--to-clear", toClear);
  expect([code, said]).toEqual([0, ""]);
  const id = "2026-10-13|50000|Zelle payment from ANA RUIZ 22844120087|1";
  expect(JSON.parse(printed)).toEqual({
    files: {
      "october.csv": {
        format: "chase",
        encoding: "UTF-8",
        currency: "USD",
        opening_cents: 50_000,
        closing_cents: 150_000,
        balances_agree: false,
        difference_cents: 30_000,
        rows: [
          {
            row_id: id,
            date: "2026-10-13",
            amount_cents: 50_000,
            counterparty: "ANA RUIZ",
            reference: "22844120087",
            kind: "credit",
          },
          {
            row_id: "2026-10-12||REMOTE ONLINE DEPOSIT # 1|1",
            date: "2026-10-12",
            amount_cents: null,
            counterparty: "",
            reference: "1",
            kind: "unreadable",
          },
          {
            row_id: "2026-10-11|20000|Zelle payment from BO STROUD 22844120088|1",
            date: "2026-10-11",
            amount_cents: 20_000,
            counterparty: "BO STROUD",
            reference: "22844120088",
            kind: "credit",
          },
        ],
      },
    },
    open_payments: [
      { ...ana, match: { file: "october.csv", row_ids: [id], act: "clear" }, why: "Sure: amount, name and date agree" },
      { ...kai, match: null, why: "No row fits." },
    ],
    credits_without_payment: [
      { file: "october.csv", row_id: "2026-10-11|20000|Zelle payment from BO STROUD 22844120088|1" },
    ],
  });
});

test("without payments it prints the rows alone", async () => {
  const { printed } = await bank(await keep("october.csv", chase));
  expect(JSON.parse(printed)).toMatchObject({ open_payments: [], credits_without_payment: [{}, {}] });
});

test("rows that two files share are one", async () => {
  const { printed } = await bank(await keep("a.csv", chase), await keep("b.csv", chase));
  const { files, credits_without_payment } = JSON.parse(printed);
  expect(Object.keys(files)).toEqual(["a.csv", "b.csv"]);
  expect(credits_without_payment.map(({ file }: { file: string }) => file)).toEqual(["a.csv", "a.csv"]);
});

test.each([
  [[], /^usage: /],
  [["--to-clear"], /^usage: .*\n$/],
  [["a.csv", "--no-such-flag"], /^usage: .*\n$/],
  [["no-such-file.csv"], /no such file/],
])("without a file it can read it says so and fails: %j", async (given, message) => {
  const { code, printed, said } = await bank(...given);
  expect([code, printed]).toEqual([1, ""]);
  expect(said).toMatch(message);
});

test("a file of no bank is refused with a sentence", async () => {
  const { code, said } = await bank(await keep("letter.txt", "Dear captain, thank you.\n"));
  expect([code, said]).toEqual([1, "No rows with a date and an amount were found in this file.\n"]);
});

test("a file of payments that is no JSON is refused with a sentence", async () => {
  const { code, said } = await bank(await keep("october.csv", chase), "--to-clear", await keep("to-clear.json", "{"));
  expect(code).toBe(1);
  expect(said).toMatch(/^.*to-clear\.json is no JSON: .*\n$/);
});

test.each([
  [{}, /^What is to clear is no list of payments\.$/],
  [null, /^What is to clear is no list of payments\.$/],
  [{ payments: 5 }, /^What is to clear is no list of payments\.$/],
  [[{ payment_id: "1" }], /^Number 1 of what is to clear lacks a payment_id, a method, /],
  [[ana, { ...kai, received_at: "yesterday" }], /^Number 2 of what is to clear lacks /],
  [[{ ...ana, amount_cents: "500" }], /^Number 1 of what is to clear lacks /],
])("payments that cannot be read are refused with a sentence: %j", (toClear, message) => {
  expect(() => report([], toClear, "UTC", "USD")).toThrow(message);
});

test("two files of one name in two folders are told apart by their paths", async () => {
  await mkdir(join(folder, "older"));
  const files = [await keep("october.csv", chase), await keep("older/october.csv", chase)];
  const { printed } = await bank(...files);
  expect(Object.keys(JSON.parse(printed).files)).toEqual(files);
});
