import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { RefusedFile } from "../statement-file/rows";
import { CHASE, ofx, only, read, wells } from "./small-files";
import { utf16, windows1252 } from "./writers";

/** Forms that banks' files come in beside the usual ones, and forms that only look like a file of rows. */

const generic = (...lines: string[]) => read(`${lines.join("\n")}\n`);
const amounts = (...lines: string[]) => generic(...lines).rows.map(({ amount_cents }) => amount_cents);
const dates = (...lines: string[]) => generic(...lines).rows.map(({ date }) => date);
const chase = (...rows: string[]) => read([CHASE, ...rows].join("\n"));

// --- amounts of any bank ------------------------------------------------------------------------

test.each([
  ["1,234", "2,500"],
  ["1.234", "2.500"],
  ["$1,234", "-2,500"],
])("an amount of %s that no other row settles is not guessed", (...texts) => {
  const { rows, chosen } = generic("Date;Name;Amount", ...texts.map((text) => `2026-10-05;Ana;${text}`));
  expect(rows.map(({ kind, amount_cents }) => [kind, amount_cents])).toEqual(texts.map(() => ["unreadable", null]));
  expect(chosen?.columns.notation).toBeNull();
});

test.each([
  [
    ["1,234", "2,500.00"],
    [123_400, 250_000],
  ],
  [
    ["1.234", "2.500,00"],
    [123_400, 250_000],
  ],
  [
    ["1.234", "12,5"],
    [123_400, 1250],
  ],
  [
    ["1234", "25"],
    [123_400, 2500],
  ],
  [
    ["1,50", "2.50", "3.50"],
    [null, 250, 350],
  ],
  [
    ["1 234,50", "25,00"],
    [123_450, 2500],
  ],
  [
    ["(500.00)", "$(25.00)", "25.00-", "-$25.00", "$-25.00"],
    [-50_000, -2500, -2500, -2500, -2500],
  ],
  [
    ["500.00 CR", "25.00 DR", "25.00DR"],
    [50_000, -2500, -2500],
  ],
  [
    ["500.0000", "1.2345"],
    [50_000, null],
  ],
])("amounts written %j are read by what the file tells", (texts, cents) => {
  expect(amounts("Date;Name;Amount", ...texts.map((text) => `2026-10-05;Ana;${text}`))).toEqual(cents);
});

test("without cents a sign can only part thousands, and with three figures it can be both", () => {
  for (const text of ["1,234", "1.234"]) {
    const file = `Date;Name;Amount\n2026-10-05;Ana;${text}\n`;
    expect(only(read(file, "JPY")).amount_cents).toBe(1234);
    expect(only(read(file, "KWD")).amount_cents).toBeNull();
  }
});

test.each([
  ["CR/DR", "CR", "DR"],
  ["Transaction Type", "Credit", "Debit"],
  ["Details", "CREDIT", "DEBIT"],
  ["Debit/Credit", "C", "D"],
  ["Direction", "IN", "OUT"],
  ["Soll/Haben", "H", "S"],
  ["Type", "Deposit", "Withdrawal"],
])("%s beside the amount says whether it came or left", (head, came, left) => {
  const rows = [`2026-10-05,Ana,500.00,${came}`, `2026-10-06,Fuel,25.00,${left}`];
  const statement = generic(`Date,Name,Amount,${head}`, ...rows);
  expect(statement.rows.map(({ amount_cents }) => amount_cents)).toEqual([50_000, -2500]);
  expect(statement.rows.map(({ reference }) => reference)).toEqual(["", ""]);
});

test("a column of sides is a remark where the amounts have signs", () => {
  expect(amounts("Date,Name,Amount,Side", "2026-10-05,Ana,500.00,CR", "2026-10-06,Fuel,-25.00,DR")).toEqual([
    50_000, -2500,
  ]);
});

test.each(["Pending", "PROCESSING", "Failed"])("a row whose state is %s is shown and counts nowhere", (state) => {
  const rows = [`2026-10-05,Ana,500.00,${state},600.00`, "2026-10-06,Bo,25.00,Completed,125.00"];
  const statement = generic("Date,Name,Amount,State,Balance", ...rows);
  expect(statement.rows.map(({ kind }) => kind)).toEqual(["pending", "credit"]);
  expect(statement.difference_cents).toBe(0);
});

// --- which lines are rows -----------------------------------------------------------------------

test.each(["1'234.50", "n/a", "#####", "12.34.56"])(
  "a first row of %s is shown, and the names of the columns stay",
  (text) => {
    const { rows, chosen } = generic("Tag;Wer;Summe", `05.10.2026;Ana;${text}`, "06.10.2026;Bo;25.00");
    expect(rows.map(({ text }) => text)).toEqual(["Ana", "Bo"]);
    expect(rows[0]).toMatchObject({ kind: "unreadable", amount_cents: null });
    expect(chosen?.sheet.names).toEqual(["Tag", "Wer", "Summe"]);
  },
);

test("a first row of a day that is none is shown", () => {
  expect(dates("Tag;Wer;Summe", "31.02.2026;Ana;5.00", "06.10.2026;Bo;25.00")).toEqual([null, "2026-10-06"]);
});

test("what stands before and behind the rows is no row, and its balances are checked", () => {
  const lines = (closing: string) => [
    "Account,Harbor Lark",
    "From 10/01/2026 to 10/31/2026,",
    "Opening balance,,100.00",
    "",
    "Date,Description,Amount",
    "10/05/2026,Zelle from ANA,500.00",
    ", ,",
    "10/06/2026,FUEL,-25.00",
    "Total,,475.00",
    `10/31/2026,Closing balance,${closing}`,
    "Thank you for banking with us.",
  ];
  expect(generic(...lines("575.00"))).toMatchObject({
    opening_cents: 10_000,
    closing_cents: 57_500,
    difference_cents: 0,
  });
  expect(generic(...lines("576.00")).difference_cents).toBe(100);
  expect(amounts(...lines("575.00"))).toEqual([50_000, -2500]);
});

test("a row with a day that is called a total is one when the rows come to it, else somebody has that name", () => {
  const rows = ["10/05/2026,ANA,500.00", "10/06/2026,FUEL,-25.00"];
  const head = "Date,Description,Amount";
  expect(amounts(head, ...rows, "10/31/2026,Total,475.00")).toEqual([50_000, -2500]);
  expect(amounts(head, ...rows, "10/31/2026,Total,-60.00")).toEqual([50_000, -2500, -6000]);
});

test("what a payer writes about a balance is a row", () => {
  const rows = ["10/05/2026,Ana Ruiz,Closing balance,500.00", "10/06/2026,Bo,Final balance,25.00"];
  expect(amounts("Date,Name,Memo,Amount", ...rows)).toEqual([50_000, 2500]);
});

test("two columns of one name are told apart by their place", () => {
  const statement = generic("Date,Amount,Date,Amount,Text", "10/05/2026,500.00,10/06/2026,600.00,ANA");
  expect(only(statement)).toMatchObject({ date: "2026-10-05", amount_cents: 50_000 });
});

test.each([
  ["a text over two lines", '2026-10-05,"Ana\nRuiz",5.00', [500, 600]],
  ["quotes that are not doubled", '2026-10-05,"Ana "Captain" Ruiz",5.00', [500, 600]],
  ["a quote that is never closed", '2026-10-05,"Ana,5.00', [500, 600]],
  ["an inch", '2026-10-05,"12" rope,5.00', [500, 600]],
  ["an inch before quotes that are closed", '2026-10-05,"12" rope,5.00\n2026-10-05,"Bo ""B"" X",7.00', [500, 700, 600]],
])("%s swallows no row", (_, line, cents) => {
  expect(amounts("Date,Name,Amount", line, "2026-10-06,Cy,6.00")).toEqual(cents);
});

test("a quote too many at an amount leaves no part of it", () => {
  const lines = ['2026-10-05,Ana,"1,234.56","x', '2026-10-05,Bo,"1,234.56,x', "2026-10-06,Cy,6.00,x"];
  expect(amounts("Date,Name,Amount,Memo", ...lines)).toEqual([123_456, null, 600]);
});

test("a row that lost its amount is shown, and a sentence is not", () => {
  const lines = ["2026-10-05,Ana,x,5.00", "2026-10-06,Bo", "Call 1-800-555-0100 any day, we answer."];
  expect(amounts("Date,Name,Memo,Amount", ...lines)).toEqual([500, null]);
  const text = 'Date,Description,Amount,Running Bal.\n10/05/2026,"A","5.00","5.00"\n10/06/2026,B\nThis is all.\n';
  expect(read(text).rows.map(({ kind }) => kind)).toEqual(["credit", "unreadable"]);
});

test("a quote too many in a bank's row takes none of the next one", () => {
  const { rows, difference_cents } = chase(
    'CREDIT,10/13/2026,"12" ROPE,500.00,ACH_CREDIT,1500.00,,',
    'CREDIT,10/12/2026,"Zelle payment from BO 22844120088",200.00,QUICKPAY_CREDIT,1000.00,,',
  );
  expect(rows.map(({ amount_cents, text }) => [amount_cents, text])).toEqual([
    [50_000, '"12" ROPE'],
    [20_000, "Zelle payment from BO 22844120088"],
  ]);
  expect(difference_cents).toBe(0);
});

test.each([
  ["tabs", "\t", "\n"],
  ["semicolons and CRLF", ";", "\r\n"],
  ["bars and CR", "|", "\r"],
])("a bank's own columns are known with %s", (_, delimiter, end) => {
  const lines = [CHASE, "CREDIT,10/13/2026,Zelle payment from ANA RUIZ 22844120087,500.00,QUICKPAY_CREDIT,1500.00,,"];
  const text = lines.map((line) => line.replaceAll(",", delimiter)).join(end);
  for (const file of [text, `\ufeff${text}`, utf16(text), windows1252(text)]) {
    expect(only(read(file))).toMatchObject({ amount_cents: 50_000, counterparty: "ANA RUIZ" });
  }
});

test("sums and sentences of a known bank's file are no rows, and every other line is shown", () => {
  const { rows } = chase(
    "CREDIT,10/13/2026,Zelle payment from ANA RUIZ 22844120087,500.00,QUICKPAY_CREDIT,1500.00,,",
    ",,,,,,",
    "Total,,,500.00,,,",
    "This is all.",
    ",,,7.00,,,",
    "CREDIT,10/12/2026,Cut o",
  );
  expect(rows.map(({ kind }) => kind)).toEqual(["credit", "unreadable", "unreadable"]);
});

test("a row of Wells Fargo without its mark is not left out", () => {
  const text = `${wells("A", "5.00")}${wells("B", "6.00")}"10/05/2026","-7.00","","","FUEL"\n`;
  expect(read(text)).toMatchObject({ format: "wellsfargo", rows: [{}, {}, { amount_cents: -700 }] });
  expect(only(read(`"DATE","AMOUNT","*","CHECK","TEXT"\n${wells("A", "5.00")}`)).amount_cents).toBe(500);
});

test.each([
  ["13.10.2026", "12.10.2026", ["2026-10-13", "2026-10-12"]],
  ["13/10/2026", "12/10/2026", ["2026-10-13", "2026-10-12"]],
  ["2026-10-13", "2026-10-12", ["2026-10-13", "2026-10-12"]],
  ["Tue, Oct 13, 2026", "Oct 12 2026", ["2026-10-13", "2026-10-12"]],
  ["10/13/26", "10/12/26", ["2026-10-13", "2026-10-12"]],
  ["10/13/2026", "31/10/2026", ["2026-10-13", null]],
  ["10/12/2026", "02/31/2026", ["2026-10-12", null]],
])("a known bank's dates that a spreadsheet wrote as %s and %s are read in one order", (first, second, days) => {
  const row = (date: string) => `CREDIT,"${date}",ANA,5.00,ACH_CREDIT,1.00,,`;
  expect(chase(row(first), row(second)).rows.map(({ date }) => date)).toEqual(days);
});

// --- kinds --------------------------------------------------------------------------------------

test.each([
  ["RETURNED ACH R01 INSUFFICIENT FUNDS ANA RUIZ", "ACH_DEBIT", "returned"],
  ["ACH RETURN R03 ANA RUIZ", "MISC_DEBIT", "returned"],
  ["NSF RETURN ITEM ANA RUIZ", "MISC_DEBIT", "returned"],
  ["DEPOSIT RETURN CHECK 77", "MISC_DEBIT", "returned"],
  ["REVERSAL OF ZELLE PAYMENT FROM ANA RUIZ", "MISC_DEBIT", "returned"],
  ["Zelle payment reversal ANA RUIZ", "QUICKPAY_DEBIT", "returned"],
  ["CARD CHARGEBACK 5519", "MISC_DEBIT", "returned"],
  ["NSF FEE", "MISC_DEBIT", "fee"],
  ["RETURNED ITEM FEE 10/13", "FEE_TRANSACTION", "fee"],
  ["FEE FOR RETURNED ITEM", "MISC_DEBIT", "fee"],
  ["RETURNED CHECK CHARGE", "MISC_DEBIT", "fee"],
  ["RETURNED GOODS LLC", "DEBIT_CARD", "debit"],
  ["Zelle payment to NORA REVERSAL", "QUICKPAY_DEBIT", "debit"],
])("money that left as %s (%s) is %s", (text, type, kind) => {
  expect(only(chase(`DEBIT,10/13/2026,"${text}",-50.00,${type},1.00,,`)).kind).toBe(kind);
});

test.each([
  ["<NAME>ACH RETURN R01 ANA RUIZ", "returned"],
  ["<NAME>Debit<MEMO>RETURNED CHECK 55 NSF", "returned"],
  ["<NAME>Debit<MEMO>RETURNED ITEM FEE", "debit"],
  ["<NAME>PELICAN FUEL<MEMO>RETURNED CAN", "debit"],
])("OFX: %s is %s", (fields, kind) => {
  expect(only(read(ofx(`<TRNTYPE>DEBIT<DTPOSTED>20261005<TRNAMT>-5.00<FITID>1${fields}`))).kind).toBe(kind);
});

test.each([
  ["Zelle money received from ANA RUIZ", "ANA RUIZ", ""],
  ["ZELLE INSTANT PMT FROM ANA RUIZ 22844120087", "ANA RUIZ", "22844120087"],
  ["Zelle Transfer Conf# ab12cd34; ANA RUIZ", "ANA RUIZ", "ab12cd34"],
  ["Zelle recurring payment from ANA RUIZ Conf# ab12cd34", "ANA RUIZ", "ab12cd34"],
])("who paid is found in %s", (text, counterparty, reference) => {
  expect(only(read(wells(text, "5.00")))).toMatchObject({ counterparty, reference, method: "zelle", kind: "credit" });
});

test("a card of Chase: what is paid to it is a transfer, and its rows are of no patron's method", () => {
  const statement = generic(
    "Transaction Date,Post Date,Description,Category,Type,Amount,Memo",
    "10/05/2026,10/06/2026,PELICAN FUEL,Gas,Sale,-412.17,",
    "10/07/2026,10/08/2026,Payment Thank You-Mobile,,Payment,980.00,",
    "10/09/2026,10/10/2026,CHANDLERY,Shopping,Return,25.00,",
    "10/11/2026,10/12/2026,ANNUAL MEMBERSHIP FEE,Fees,Fee,-95.00,",
  );
  expect(statement.format).toBe("chase");
  expect(statement.rows.map(({ kind, method }) => `${kind} ${method}`)).toEqual([
    "debit card",
    "transfer card",
    "credit card",
    "fee card",
  ]);
});

// --- OFX ----------------------------------------------------------------------------------------

const transaction = (amount: string, id = "1", fields = "<NAME>ANA") =>
  `<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261005<TRNAMT>${amount}<FITID>${id}${fields}</STMTTRN>`;
const ofxOf = (body: string, currency = "USD") =>
  `OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>${currency}<BANKTRANLIST>${body}</BANKTRANLIST></STMTRS></OFX>`;

test.each([
  [
    "a namespace and a comment",
    ofxOf(`<!-- ${transaction("9.00")} -->${transaction("5.00")}`).replace("<OFX>", '<OFX xmlns="x">'),
  ],
  ["lines before its head", `\n\nDownloaded today\n${ofxOf(transaction("5.00"))}`],
  ["small letters", ofxOf(transaction("5.00")).toLowerCase()],
  ["UTF-16", utf16(ofxOf(transaction("5.00")))],
])("OFX with %s is OFX", (_, file) => {
  const statement = read(file);
  expect(statement).toMatchObject({ format: "ofx", currency: "USD" });
  expect(only(statement).amount_cents).toBe(500);
});

test("an OFX file that was cut off is refused, for rows are missing", () => {
  const whole = ofxOf(transaction("5.00") + transaction("6.00", "2"));
  expect(() => read(whole.slice(0, -10))).toThrow(/ends in the middle/);
});

test("an id of the bank that all rows have is none: no row is lost", () => {
  const rows = ["<NAME>ANA", "<NAME>BO", "<NAME>BO"].map((fields) => transaction("6.00", "0", fields));
  expect(read(ofxOf(rows.join(""))).rows.map(({ row_id }) => row_id)).toEqual([
    "2026-10-05|600|ANA|1",
    "2026-10-05|600|BO|1",
    "2026-10-05|600|BO|2",
  ]);
  const shared = ["<NAME>ANA", "<NAME>BO"].map((fields) => transaction("6.00", "77", fields));
  expect(read(ofxOf(shared.join(""))).rows).toHaveLength(2);
});

test("a name that the memo says again and in full is that name", () => {
  const name = "ZELLE FROM MAXIMILIANA RUIZ DE LA";
  const row = only(read(ofxOf(transaction("5.00", "1", `<NAME>${name}<MEMO>${name} CRUZ`))));
  expect(row.counterparty).toBe("MAXIMILIANA RUIZ DE LA CRUZ");
});

// --- no file of rows ----------------------------------------------------------------------------

const bytesOf = (...codes: number[]) => Uint8Array.from([...codes, ...Array(40).fill(1)]);

test.each([
  ["a web page", "<!DOCTYPE html><html><body>10/05/2026,Ana,5.00\n10/05/2026,Ana,5.00</body></html>", /web page/],
  ["a workbook that is a web page", "<html><table><tr><td>10/05/2026</td></tr></table></html>", /web page/],
  ["what a program has packed", new Uint8Array(gzipSync("Date,Name,Amount\n2026-10-05,Ana,5.00\n")), /archive/],
  ["an old workbook", bytesOf(0xd0, 0xcf, 0x11, 0xe0), /workbook/],
  ["a picture", bytesOf(0x89, 0x50, 0x4e, 0x47), /picture/],
  ["a PDF behind a blank line", "\n%PDF-1.7", /PDF/],
  ["names of columns and no rows", "Date,Description,Amount,Balance\n", /No rows/],
  ["more than any bank writes", new Uint8Array(20_000_001).fill(65), /too large/],
])("%s is refused with a sentence", (_, file, message) => {
  expect(() => read(file)).toThrow(RefusedFile);
  expect(() => read(file)).toThrow(message);
});

test("a known bank's file without rows is a file of none", () => {
  expect(chase()).toMatchObject({ format: "chase", rows: [], difference_cents: null });
});

test("5 000 rows are 5 000 rows, the last as the first", () => {
  const rows = Array.from({ length: 5000 }, (_, at) => `CREDIT,10/05/2026,"DEPOSIT ${at}",${at + 1}.00,DEPOSIT,1.00,,`);
  const read = chase(...rows);
  expect(read.rows).toHaveLength(5000);
  expect(read.rows.at(-1)?.amount_cents).toBe(500_000);
});
