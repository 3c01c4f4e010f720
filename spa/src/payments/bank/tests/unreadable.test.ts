import { expect, test } from "vitest";
import { RefusedFile } from "../statement-file/rows";
import { bofa, CHASE, chase, ofx, only, read, venmo, wells } from "./small-files";

// --- what cannot be read ------------------------------------------------------------------------

test.each(["n/a", "1'200.00", "#####", "", "1,23.00", "4.39E+18"])(
  "an amount of %j is shown as unreadable, never as 0",
  (amount) => {
    const head = "id,Type,Amount,Fee,Net,Currency,Created (UTC)";
    const files = [
      chase("X", amount, "ACH_CREDIT"),
      bofa("X", amount),
      wells("X", amount),
      ofx(`<TRNTYPE>CREDIT<DTPOSTED>20261005<TRNAMT>${amount}<FITID>1<NAME>X`),
      `${head}\ntxn_1,charge,${amount && `"${amount}"`},0.00,0.00,usd,2026-10-01 16:04\n`,
      venmo(["", "17", "2026-10-04T01:15:33", "Payment", "Complete", "", "Ana", "Us", amount]),
    ];
    for (const file of files) expect(only(read(file)), file).toMatchObject({ kind: "unreadable", amount_cents: null });
  },
);

test.each(["11/31/2026", "13/13/2026", "n/a", ""])("a date of %j makes a row unreadable", (date) => {
  expect(only(read(chase("X", "5.00", "ACH_CREDIT", "5.00", date)))).toMatchObject({ kind: "unreadable", date: null });
  expect(only(read(`"${date}","5.00","*","","X"\n`)).kind).toBe("unreadable");
});

test("an unreadable row leaves a gap between the balances, which is said in cents", () => {
  const rows = [
    "X,10/06/2026,B,5.00,ACH_CREDIT,115.00,,",
    "X,10/05/2026,A,n/a,ACH_CREDIT,110.00,,",
    "X,10/04/2026,C,-5.00,ACH_DEBIT,100.00,,",
  ];
  const statement = read([CHASE, ...rows].join("\n"));
  expect(statement).toMatchObject({ opening_cents: 10_500, closing_cents: 11_500, difference_cents: 1000 });
});

test.each([
  ["a PDF", "%PDF-1.7 …", /PDF/],
  ["a workbook", "PK\u0003\u0004 …", /workbook/],
  ["nothing", " \n \n", /empty/],
  ["a letter", "Dear captain,\nthank you for the day.\n", /No rows/],
  ["OFX without rows", "<OFX><STMTRS></STMTRS></OFX>", /no transactions/],
  [
    "ids that a spreadsheet has shortened",
    venmo(["", "4.39E+18", "2026-10-04T01:15:33", "Payment", "Complete", "", "A", "B", "+ $5.00"]),
    /shortened/,
  ],
  [
    "ids that a spreadsheet has rounded",
    venmo(
      ...["4392234567890130000", "4392234567890140000"].map((id) => [
        "",
        id,
        "2026-10-04T01:15:33",
        "Payment",
        "Complete",
        "",
        "A",
        "B",
        "+ $5.00",
      ]),
    ),
    /shortened/,
  ],
])("%s is refused with a sentence", (_, text, message) => {
  expect(() => read(text)).toThrow(RefusedFile);
  expect(() => read(text)).toThrow(message);
});

// --- one row is one row -------------------------------------------------------------------------

const stripe = (...rows: string[]) => `id,Type,Amount,Fee,Net,Currency,Created (UTC)\n${rows.join("\n")}\n`;

test("a bank's id that comes twice is one row, and a pending one gives way to the complete one", () => {
  const square = (status: string, amount: string) => `2026-10-02,${amount},$0.00,P1,Payment,${status}`;
  const head = "Date,Total Collected,Fees,Payment ID,Event Type,Transaction Status";
  const twice = stripe(...Array(2).fill("txn_1,charge,5.00,0.00,5.00,usd,2026-10-01 16:04"));
  expect(read(twice).rows.map(({ row_id }) => row_id)).toEqual(["txn_1"]);
  for (const rows of [
    [square("Pending", "$5.00"), square("Complete", "$6.00")],
    [square("Complete", "$6.00"), square("Pending", "$5.00")],
  ]) {
    expect(only(read([head, ...rows].join("\n")))).toMatchObject({ kind: "credit", amount_cents: 600, row_id: "P1" });
  }
});

test("an id that stands for two different rows loses neither", () => {
  const text = stripe(
    "txn_1,charge,5.00,0.00,5.00,usd,2026-10-01 16:04",
    "txn_1,charge,7.00,0.00,7.00,usd,2026-10-02 16:04",
  );
  expect(read(text).rows.map(({ row_id, amount_cents }) => [row_id, amount_cents])).toEqual([
    ["txn_1", 500],
    ["txn_1|2", 700],
  ]);
});

test("equal rows without ids are counted oldest first, whichever way the file runs and however blanks are set", () => {
  const rows = [
    '"10/21/2026","5.00","*","","CASH  DEPOSIT"',
    '"10/21/2026","5.00","*","","CASH DEPOSIT"',
    '"10/01/2026","6.00","*","","OTHER"',
  ];
  const ids = (lines: readonly string[]) => read(`${lines.join("\n")}\n`).rows.map(({ row_id }) => row_id);
  expect(ids(rows)).toEqual([
    "2026-10-21|500|CASH DEPOSIT|2",
    "2026-10-21|500|CASH DEPOSIT|1",
    "2026-10-01|600|OTHER|1",
  ]);
  expect(ids(rows.toReversed())).toEqual([
    "2026-10-01|600|OTHER|1",
    "2026-10-21|500|CASH DEPOSIT|1",
    "2026-10-21|500|CASH DEPOSIT|2",
  ]);
});

test("on a single day the balances tell which row is the older", () => {
  const row = (balance: string) => `2026-10-05,CASH DEPOSIT,5.00,${balance}`;
  const ids = (...rows: string[]) =>
    read(["Date,Description,Amount,Balance", ...rows].join("\n")).rows.map(({ row_id }) => row_id.slice(-1));
  expect(ids(row("110.00"), row("105.00"))).toEqual(["2", "1"]);
  expect(ids(row("105.00"), row("110.00"))).toEqual(["1", "2"]);
});
