import { describe, expect, test } from "vitest";
import { CHASE, read, wells } from "./small-files";

/** Banks' own files whose amounts a spreadsheet of another country has written: `1.234,56`. */

const quoted = (cells: readonly string[], delimiter: string) => cells.map((cell) => `"${cell}"`).join(delimiter);
const file = (head: string, rows: readonly (readonly string[])[], delimiter = ",") =>
  [head.replaceAll(",", delimiter), ...rows.map((row) => quoted(row, delimiter))].join("\n");
const amounts = (text: string) => read(text).rows.map(({ amount_cents }) => amount_cents);
const kinds = (text: string) => read(text).rows.map(({ kind }) => kind);

/** As each format has it: two rows of these amounts, and a balance or a fee of the third. */
const formats: Readonly<Record<string, (first: string, second: string, third: string) => string>> = {
  chase: (first, second, third) =>
    file(CHASE, [
      ["CREDIT", "10/13/2026", "ANA", first, "ACH_CREDIT", third, "", ""],
      ["DEBIT", "10/12/2026", "FUEL", second, "ACH_DEBIT", third, "", ""],
    ]),
  "a card of chase": (first, second) =>
    file("Transaction Date,Post Date,Description,Category,Type,Amount,Memo", [
      ["10/13/2026", "10/13/2026", "ANA", "", "Sale", first, ""],
      ["10/12/2026", "10/12/2026", "FUEL", "", "Sale", second, ""],
    ]),
  bofa: (first, second, third) =>
    `Description,,Summary Amt.\nBeginning balance as of 10/01/2026,,"${third}"\nEnding balance as of 10/31/2026,,"${third}"\n\nDate,Description,Amount,Running Bal.\n10/12/2026,"ANA","${first}","${third}"\n10/13/2026,"FUEL","${second}","${third}"\n`,
  wellsfargo: (first, second) => wells("ANA", first) + wells("FUEL", second),
  square: (first, second, third) =>
    file("Date,Total Collected,Fees,Payment ID,Event Type", [
      ["2026-10-13", first, third, "P1", "Payment"],
      ["2026-10-12", second, third, "P2", "Payment"],
    ]),
  stripe: (first, second, third) =>
    file("id,Type,Amount,Fee,Net,Currency,Created (UTC)", [
      ["t1", "charge", first, third, third, "usd", "2026-10-01 16:04"],
      ["t2", "charge", second, third, third, "usd", "2026-10-01 16:04"],
    ]),
  venmo: (first, second, third) =>
    file(",ID,Datetime,Type,Status,Note,From,To,Amount (total),Beginning Balance,Ending Balance", [
      ["", "", "", "", "", "", "", "", "", third, ""],
      ["", "41", "2026-10-04T01:15:33", "Payment", "Complete", "", "Ana", "Us", first, "", ""],
      ["", "42", "2026-10-05T01:15:33", "Payment", "Complete", "", "Ana", "Us", second, "", ""],
    ]),
};
const named = Object.entries(formats);

describe.each(named)("%s", (_, of) => {
  test.each([
    ["1.234,56", "-12,50", "1.000,00", [123_456, -1250]],
    ["1234,56", "12,5", "0", [123_456, 1250]],
    ["12.345.678,90", "7", "1,00", [1_234_567_890, 700]],
    ["1 234,56", "-0,07", "10,00", [123_456, -7]],
    ["1,234.56", "-12.50", "1,000.00", [123_456, -1250]],
    ["1,234", "12.5", "0.00", [123_400, 1250]],
  ])("amounts of %s and %s are read as the whole column is written", (first, second, third, cents) => {
    expect(amounts(of(first, second, third))).toEqual(cents);
  });

  test("thousands that a point parts are read where another amount tells it, and not where none does", () => {
    expect(amounts(of("1.234", "12,50", "1,00"))).toEqual([123_400, 1250]);
    expect(amounts(of("1.234", "25", "0"))).toEqual([null, 2500]);
    expect(kinds(of("1.234", "25", "0"))[0]).toBe("unreadable");
  });

  test("where the amounts are written both ways, none is read in the way that the bank does not write", () => {
    expect(amounts(of("1.234,56", "12.50", "1.00"))).toEqual([null, 1250]);
  });
});

test("the balances of a file with commas add up", () => {
  const rows = [
    ["CREDIT", "10/13/2026", "ANA", "1.234,56", "ACH_CREDIT", "2.222,06", "", ""],
    ["DEBIT", "10/12/2026", "FUEL", "-12,50", "ACH_DEBIT", "987,50", "", ""],
  ];
  for (const delimiter of [",", ";", "\t"]) {
    expect(read(file(CHASE, rows, delimiter))).toMatchObject({
      format: "chase",
      ...{ opening_cents: 100_000, closing_cents: 222_206, difference_cents: 0 },
    });
  }
});

// --- a comma without quotes ---------------------------------------------------------------------

test.each([
  ["a row of Chase", [CHASE, "DEBIT,10/13/2026,FUEL,-12,50,ACH_DEBIT,1500,25,,"]],
  ["a pending row of Chase", [CHASE, "DEBIT,10/13/2026,FUEL,-12,50,ACH_DEBIT, ,,"]],
  ["Bank of America", ["Date,Description,Amount,Running Bal.", '10/13/2026,"FUEL",-12,50,100,00']],
  ["Bank of America, thousands", ["Date,Description,Amount,Running Bal.", '10/13/2026,"FUEL",1,234.50,2,234.50']],
  [
    "Venmo",
    [
      ",ID,Datetime,Type,Status,Note,From,To,Amount (total),Beginning Balance,Ending Balance",
      ",41,2026-10-04T01:15:33,Payment,Complete,,Ana,Us,+ $12,50,,",
    ],
  ],
])("%s with an amount that a comma has parted is shown as it stands, and no part of it counts", (_, lines) => {
  const { rows } = read(lines.join("\n"));
  expect(rows.map(({ kind, amount_cents }) => [kind, amount_cents])).toEqual([["unreadable", null]]);
  expect(rows[0]?.text).toMatch(/FUEL|Ana/);
});

test("of any bank's rows one that a comma has parted is shown as it stands", () => {
  const lines = ["Date,Name,Amount", "2026-10-05,Ana,12", "2026-10-06,Bo,12,50", "2026-10-07,Cy,7"];
  expect(amounts(lines.join("\n"))).toEqual([1200, null, 700]);
  expect(amounts(["Date,Name,Amount", "2026-10-05,Ana,5.00,,", "2026-10-06,Bo,6.00,,"].join("\n"))).toEqual([500, 600]);
});
