import { afterEach, expect, test } from "vitest";
import type { ListedPayment } from "../../../data/contract";
import { samplePayment } from "../../../testing/samples";
import {
  clearedOnServer,
  columnsFor,
  evidenceOf,
  forget,
  keepColumns,
  remember,
  rememberedOf,
} from "../proposals/remembered";
import { type ReadFile, review, rowsOf, type SourceRow } from "../proposals/review";
import { decode } from "../statement-file/bytes";
import { readStatement } from "../statement-file/read";
import { randomMonth } from "./month";
import { Random } from "./random";
import { writers } from "./writers";

const NOTHING = { done: new Set<string>(), rejected: new Map<string, Set<string>>() };
const HEAD = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #";

afterEach(() => localStorage.clear());

function file(text: string | Uint8Array, name = "file.csv"): ReadFile {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return { name, bytes, sha256: "ab".repeat(32), statement: readStatement(bytes, "USD") };
}

function chase(...rows: string[]): ReadFile {
  return file([HEAD, ...rows].join("\n"));
}

const zelle = (day: string, cents: number, balance = "5.00") =>
  `CREDIT,10/${day}/2026,"Zelle payment from ANA RUIZ",${(cents / 100).toFixed(2)},QUICKPAY_CREDIT,${balance},,`;

function listed(change: Partial<ListedPayment> = {}): ListedPayment {
  return {
    ...samplePayment({ method: "zelle", payer: "Ana Ruiz", received_at: "2026-10-10T12:00:00Z", amount_cents: 50_000 }),
    charter: "Sunset sail",
    ...change,
  };
}

// --- files that overlap -------------------------------------------------------------------------

const named = writers.map((writer, index) => [`${writer.format} ${index}`, writer] as const);

test.each(named)("%s: the same file again adds no row", (_, writer) => {
  const random = new Random(1);
  const { movements } = randomMonth(random, random.pick(writer.methods), 15);
  const whole = file(writer.write(movements, random), "whole");
  expect(rowsOf([whole, { ...whole, name: "again" }])).toHaveLength(movements.length);
});

const ofLines = named.filter(([, { format }]) => format !== "ofx" && format !== "venmo");

test.each(ofLines)("%s: two files that overlap have the rows of the whole month", (_, writer) => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = new Random(seed);
    const { movements } = randomMonth(random, random.pick(writer.methods), 15);
    const bytes = writer.write(movements, random);
    const whole = file(bytes);
    // One row a line, below what heads the file.
    const lines = decode(bytes)
      .text.split(/\r?\n/)
      .filter((line) => line !== "");
    const head = lines.slice(0, lines.length - movements.length);
    const days = movements.map(({ day }) => day);
    const middle = days[Math.floor(days.length / 2)] ?? "";
    const part = (isIn: (day: string) => boolean) =>
      file(
        [...head, ...lines.slice(head.length).filter((_, at) => isIn(whole.statement.rows[at]?.date ?? ""))].join("\n"),
      );
    const joined = rowsOf([part((day) => day <= middle), part((day) => day >= middle)]);
    expect(joined.map(({ key }) => key).sort()).toEqual(
      rowsOf([whole])
        .map(({ key }) => key)
        .sort(),
    );
  }
});

test("a pending row of one file is the complete one of the next", () => {
  const [earlier, later] = [chase(zelle("11", 50_000, " ")), chase(zelle("11", 50_000))];
  for (const files of [
    [earlier, later],
    [later, earlier],
  ] as const) {
    expect(rowsOf(files).map(({ kind }) => kind)).toEqual(["credit"]);
  }
});

test("two equal rows of one day stay two, in one file and over two", () => {
  const twice = chase(zelle("11", 50_000), zelle("11", 50_000));
  const found = review(
    rowsOf([twice, chase(zelle("11", 50_000))]),
    [listed(), listed({ payment_id: "payment-2" })],
    NOTHING,
    "UTC",
  );
  expect(found.proposals).toHaveLength(2);
  expect(new Set(found.proposals.map(({ row }) => row.key)).size).toBe(2);
});

const dayRow = (text: string, balance: string) => `CREDIT,10/11/2026,"${text}",500.00,QUICKPAY_CREDIT,${balance},,`;

test.each([
  ["adds its number", "Zelle payment from ANA RUIZ", "Zelle payment from ANA RUIZ 22844120087", "9.00"],
  ["leaves its number out", "Zelle payment from ANA RUIZ 22844120087", "Zelle payment from ANA RUIZ", "9.00"],
  ["words it anew, with the same balance", "PENDING CREDIT", "Zelle payment from ANA RUIZ 22844120087", "5.00"],
])("a row whose bank %s in a later file is still one row and clears one payment", (_, before, after, balance) => {
  for (const texts of [
    [before, after],
    [after, before],
  ] as const) {
    const rows = rowsOf([chase(dayRow(texts[0], "5.00")), chase(dayRow(texts[1], balance))]);
    expect(rows.map(({ text }) => text)).toEqual([before.length > after.length ? before : after]);
    const { proposals } = review(rows, [listed(), listed({ payment_id: "payment-2" })], NOTHING, "UTC");
    expect(proposals.map(({ sureness }) => sureness)).toEqual(["two-fit"]);
  }
});

test("rows of one file are never one, and neither are those of other people or with other numbers", () => {
  const [plain, numbered] = [
    dayRow("Zelle payment from ANA RUIZ", "5.00"),
    dayRow("Zelle payment from ANA RUIZ 22844120087", "9.00"),
  ];
  expect(rowsOf([chase(plain, numbered)])).toHaveLength(2);
  expect(rowsOf([chase(plain), chase(plain, numbered)])).toHaveLength(2);
  expect(rowsOf([chase(numbered), chase(dayRow("Zelle payment from BO STROUD 22844120088", "7.00"))])).toHaveLength(2);
  expect(rowsOf([chase(numbered), chase(dayRow("Zelle payment from ANA RUIZ 99999999999", "7.00"))])).toHaveLength(2);
});

test("one account in two formats has its rows once, and two banks and processors keep theirs", () => {
  const csv = chase(dayRow("Zelle payment from ANA RUIZ 22844120087", "5.00"));
  const transaction =
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261011<TRNAMT>500.00<FITID>77<NAME>ZELLE FROM RUIZ, ANA</STMTTRN>";
  const ofx = file(`<OFX><STMTRS><CURDEF>USD<BANKTRANLIST>${transaction}</BANKTRANLIST></STMTRS></OFX>`);
  const pasted = file("Oct 11, 2026\tZelle payment from ANA RUIZ\t500.00\t5.00\n");
  const wells = file('"10/11/2026","500.00","*","","ZELLE FROM RUIZ ANA ON 10/11 REF # WF1"\n');
  expect(rowsOf([csv, ofx, pasted])).toHaveLength(1);
  expect(rowsOf([csv, wells])).toHaveLength(2);
});

test("an id of the bank that stands for other money in another file hides nothing", () => {
  const stripe = (line: string) => file(`id,Type,Amount,Fee,Net,Currency,Created (UTC)\n${line}\n`);
  const first = stripe("7,charge,5.00,0.00,5.00,usd,2026-10-01 16:04");
  expect(rowsOf([first, stripe("7,refund,-5.00,0.00,-5.00,usd,2026-11-01 16:04")])).toHaveLength(2);
  expect(rowsOf([first, first])).toHaveLength(1);
});

// --- what was dealt with ------------------------------------------------------------------------

test("rows that were dealt with are known in a later file, and their names are not kept", async () => {
  const rows = rowsOf([chase(zelle("11", 50_000), zelle("12", 60_000))]);
  await remember(rows.slice(0, 1));
  const again = rowsOf([chase(zelle("13", 70_000), zelle("11", 50_000, "99.00"))]);
  const done = await rememberedOf(again);
  expect(done).toEqual(new Set([rows[0]?.key]));
  const found = review(again, [listed()], { ...NOTHING, done }, "UTC");
  expect(found.known).toBe(1);
  expect(found.unmatched.map(({ amount_cents }) => amount_cents)).toEqual([70_000]);
  expect(JSON.stringify({ ...localStorage })).not.toMatch(/RUIZ|500|Zelle/i);
});

test("a row that was said not to be ours by mistake is asked about again", async () => {
  const rows = rowsOf([chase(zelle("11", 50_000))]);
  await remember(rows);
  await forget(rows[0] as SourceRow);
  expect(await rememberedOf(rows)).toEqual(new Set());
});

test("what another device has cleared with a row is known by its evidence, a deposit only when all of it is", async () => {
  const deposit = `CREDIT,10/11/2026,"REMOTE ONLINE DEPOSIT #          1",900.00,CHECK_DEPOSIT,5.00,,`;
  const rows = rowsOf([chase(deposit)]);
  const evidence = await evidenceOf(rows[0] as SourceRow);
  const cleared = (payment_id: string, amount_cents: number) =>
    listed({
      payment_id,
      amount_cents,
      method: "check",
      status: "cleared",
      clearance: { at: "2026-10-12T12:00:00Z", by: "ana", evidence },
    });
  expect(await clearedOnServer(rows, [cleared("1", 50_000)])).toEqual(new Set());
  expect(await clearedOnServer(rows, [cleared("1", 50_000), cleared("2", 40_000)])).toEqual(new Set([rows[0]?.key]));
});

test("what was cleared with a row is known though the bank has changed its words, and its equal is not", async () => {
  const evidence = await evidenceOf(rowsOf([chase(dayRow("Zelle payment from ANA RUIZ", "5.00"))])[0] as SourceRow);
  const cleared = listed({ status: "cleared", clearance: { at: "2026-10-12T12:00:00Z", by: "ana", evidence } });
  const rows = rowsOf([
    chase(
      dayRow("Zelle payment from ANA RUIZ 22844120087", "5.00"),
      dayRow("Zelle payment from ANA RUIZ 22844120088", "9.00"),
    ),
  ]);
  expect((await clearedOnServer(rows, [cleared])).size).toBe(1);
  const other = rowsOf([chase(dayRow("Zelle payment from BO STROUD 22844120087", "5.00"))]);
  expect(await clearedOnServer(other, [cleared])).toEqual(new Set());
});

test("the evidence names file, row, day, amount and name; a row without an id of its own by its fingerprint", async () => {
  const [plain] = rowsOf([chase(zelle("11", 50_000))]) as [SourceRow];
  expect(await evidenceOf(plain)).toEqual({
    source: "chase",
    file_sha256: "ab".repeat(32),
    row: "2026-10-11|50000|Zelle payment from ANA RUIZ|1",
    date: "2026-10-11",
    amount_cents: 50_000,
    name: "ANA RUIZ",
  });
  for (const row_id of ["2026-10-11|1|Hedvig Østergård|1", "x".repeat(101)]) {
    expect((await evidenceOf({ ...plain, row_id })).row).toMatch(/^[0-9a-f]{64}$/);
  }
  expect((await evidenceOf({ ...plain, counterparty: "x".repeat(300) })).name).toHaveLength(200);
});

test("income whose payment was cleared by hand is not asked about; who is not surely the same still is", () => {
  const cleared = listed({ status: "cleared" });
  const rows = rowsOf([chase(zelle("11", 50_000))]);
  expect(review(rows, [cleared], NOTHING, "UTC")).toMatchObject({ cleared: 1, unmatched: [] });
  expect(review(rows, [{ ...cleared, payer: "Bo Ruiz" }], NOTHING, "UTC")).toMatchObject({
    cleared: 0,
    unmatched: rows,
  });
});

test("a payment that is said not to be a row's is not proposed for it again, and others are", () => {
  const rows = rowsOf([chase(zelle("11", 50_000))]);
  const rejected = new Map([[rows[0]?.key ?? "", new Set(["payment-1"])]]);
  const both = [listed(), listed({ payment_id: "payment-2" })];
  const { proposals } = review(rows, both, { ...NOTHING, rejected }, "UTC");
  expect(proposals.map(({ payments }) => payments[0]?.payment_id)).toEqual(["payment-2"]);
  expect(review(rows, both.slice(0, 1), { ...NOTHING, rejected }, "UTC").unmatched).toHaveLength(1);
});

// --- chosen columns -----------------------------------------------------------------------------

test("columns that were chosen are known for files of the same form, and for no others", () => {
  const chosen = file("Day,What,Sum\n2026-10-05,Zelle,5.00\n").statement.chosen;
  if (!chosen) throw new Error("no columns");
  expect(columnsFor(chosen.sheet)).toBeNull();
  keepColumns(chosen.sheet, chosen.columns);
  expect(columnsFor({ ...chosen.sheet, rows: [] })).toEqual(chosen.columns);
  expect(columnsFor({ ...chosen.sheet, names: ["Day", "Sum", "What"] })).toBeNull();
});

test.each(["junk", "[]", '{"day|what|sum":7}', '"x"'])("stored junk is no choice of columns: %s", (junk) => {
  localStorage.setItem("scc.bank-columns", junk);
  localStorage.setItem("scc.bank-rows", junk);
  expect(columnsFor({ names: ["Day", "What", "Sum"], width: 3, rows: [], remarks: [] })).toBeNull();
});
