import { describe, expect, test } from "vitest";
import { only, read } from "./small-files";

/** What banks' OFX and QFX files have beside what the format says. */

/** Where Windows has letters that are elsewhere in Unicode. */
const WINDOWS: Readonly<Record<string, number>> = { "“": 0x93, "”": 0x94, "–": 0x96 };

interface Given {
  amount?: string;
  day?: string;
  id?: string;
  type?: string;
  fields?: string;
}

const row = ({ amount = "5.00", day = "20261005", id = "1", type = "CREDIT", fields = "<NAME>ANA RUIZ" }: Given = {}) =>
  `<STMTTRN>\n<TRNTYPE>${type}\n<DTPOSTED>${day}\n<TRNAMT>${amount}\n<FITID>${id}\n${fields}\n</STMTTRN>\n`;
const account = (rows: string, currency = "USD", closing = "", of = "STMT") =>
  `<${of}RS>\n<CURDEF>${currency}\n<BANKTRANLIST>\n${rows}</BANKTRANLIST>\n${closing && `<LEDGERBAL>\n<BALAMT>${closing}\n<DTASOF>20261031\n</LEDGERBAL>\n`}</${of}RS>\n`;
const ofx = (...accounts: string[]) => `OFXHEADER:100\nCHARSET:1252\n\n<OFX>\n${accounts.join("")}</OFX>\n`;
const file = (...rows: string[]) => ofx(account(rows.join("")));

test.each([
  "20261005",
  "20261005120000",
  "20261005235959.999[-7:PDT]",
  "20261005000000[+14:LINT]",
  "20261005000000.000[0:GMT]",
  "20261005[-5:EST]",
  "20261005 120000",
  "2026-10-05",
  "2026-10-05T23:00:00",
  "2026-10-05 12:00:00[-7:PDT]",
])("the day of %s is the one that is printed, whatever the zone", (day) => {
  expect(only(read(file(row({ day })))).date).toBe("2026-10-05");
});

test.each(["", "0", "00000000", "20261131", "2026100", "soon"])("a day of %j is none", (day) => {
  expect(only(read(file(row({ day })))).kind).toBe("unreadable");
});

test("a row that is not posted yet has the day on which it was made", () => {
  const text = `<OFX><STMTRS><STMTTRNP><TRNTYPE>POS<DTTRAN>20261004<TRNAMT>-5.00<NAME>FUEL</STMTTRNP></STMTRS></OFX>`;
  expect(only(read(text))).toMatchObject({ date: "2026-10-04", kind: "pending", amount_cents: -500 });
});

test.each([
  [
    ["12,50", "-1234,56"],
    [1250, -123_456],
  ],
  [
    ["12.50", "-1234.56"],
    [1250, -123_456],
  ],
  [
    ["1,234.56", "1.234,56"],
    [123_456, 123_456],
  ],
  [
    ["+12.50", "12,5", "12"],
    [1250, 1250, 1200],
  ],
  [
    ["1,234", "12.50"],
    [123_400, 1250],
  ],
  [
    ["1.234", "12,50"],
    [123_400, 1250],
  ],
  [
    ["1,234", "12"],
    [null, 1200],
  ],
  [["1.234"], [null]],
  [
    ["12.5000", "0.07", ".07"],
    [1250, 7, 7],
  ],
  [
    ["", "n/a", "12.34.56"],
    [null, null, null],
  ],
])("amounts of %j are read where they can be read in one way", (texts, cents) => {
  const rows = texts.map((amount, at) => row({ amount, id: `id${at}` }));
  expect(read(file(...rows)).rows.map(({ amount_cents }) => amount_cents)).toEqual(cents);
});

describe("who paid", () => {
  test.each([
    ["<NAME>\n<MEMO>ZELLE FROM ANA RUIZ", "ANA RUIZ", "", "zelle"],
    ["<MEMO>Zelle payment from ANA RUIZ 22844120087", "ANA RUIZ", "22844120087", "zelle"],
    ["<NAME></NAME><MEMO>ANA RUIZ</MEMO>", "ANA RUIZ", "", "bank_transfer"],
    [
      "<PAYEE>\n<NAME>ANA RUIZ\n<ADDR1>1 Quay St\n<CITY>San Diego\n</PAYEE>\n<MEMO>Deposit",
      "ANA RUIZ",
      "Deposit",
      "bank_transfer",
    ],
    ["<MEMO>REMOTE ONLINE DEPOSIT # 7", "", "7", "check"],
  ])("is found in %j", (fields, counterparty, reference, method) => {
    expect(only(read(file(row({ fields }))))).toMatchObject({ counterparty, reference, method, kind: "credit" });
  });

  test("is nobody where neither a name nor a memo stands", () => {
    expect(only(read(file(row({ fields: "<CHECKNUM>1041" }))))).toMatchObject({
      counterparty: "",
      reference: "1041",
      text: "1041",
    });
  });

  test.each([
    ["RETURNED CHECK 55 NSF", "-5.00", "returned"],
    ["NSF 2093", "-5.00", "returned"],
    ["RETURNED ITEM FEE", "-5.00", "fee"],
    ["TO SAVINGS 5520", "-5.00", "transfer"],
    ["VENMO CASHOUT", "5.00", "transfer"],
  ])("is told apart from what the bank does where only the memo says so: %s", (memo, amount, kind) => {
    const type = amount.startsWith("-") ? "DEBIT" : "CREDIT";
    expect(only(read(file(row({ type, amount, fields: `<MEMO>${memo}` })))).kind).toBe(kind);
  });

  test("stands in the letters of Windows, whatever the head declares", () => {
    const text = file(row({ fields: "<NAME>RENÉ “QUAYLE” – MÜLLER" }));
    for (const head of ["CHARSET:1252", "CHARSET:NONE", "ENCODING:UTF-8"]) {
      const bytes = Uint8Array.from(text.replace("CHARSET:1252", head), (letter) => {
        return WINDOWS[letter] ?? letter.charCodeAt(0);
      });
      expect(only(read(bytes)).counterparty).toBe("RENÉ “QUAYLE” – MÜLLER");
    }
  });

  test.each([
    ["AT&amp;T", "AT&T"],
    ["AT&T", "AT&T"],
    ["AT&amp;amp;T", "AT&T"],
    ["O&amp;apos;MALLORY", "O'MALLORY"],
    ["O&#39;MALLORY", "O'MALLORY"],
    ["Q&amp;A;B", "Q&A;B"],
  ])("written as %s is %s", (written, name) => {
    expect(only(read(file(row({ fields: `<NAME>${written}` })))).counterparty).toBe(name);
  });
});

describe("several accounts in a file", () => {
  test("have their rows, each in the currency of its account", () => {
    const statement = read(
      ofx(
        account(row({ amount: "5.00" }), "USD", "100.00"),
        account(row({ amount: "6,00", id: "2" }), "EUR", "200,00"),
        account(row({ amount: "-7.00", id: "3", type: "DEBIT" }), "usd", "", "CCSTMT"),
      ),
    );
    expect(statement.rows.map(({ amount_cents, currency }) => [amount_cents, currency])).toEqual([
      [500, "USD"],
      [600, "EUR"],
      [-700, "USD"],
    ]);
    // No balance is that of all rows.
    expect(statement).toMatchObject({ currency: "USD", closing_cents: null, difference_cents: null });
  });

  test("can give the same id to rows that are alike in all else, and neither is lost", () => {
    const statement = read(ofx(account(row() + row()), account(row())));
    expect(statement.rows.map(({ row_id }) => row_id)).toEqual(["1", "1|2"]);
  });

  test("are read where one of them has no rows, and where each has a head of its own", () => {
    expect(only(read(ofx(account("", "EUR"), account(row()))))).toMatchObject({ currency: "USD", amount_cents: 500 });
    expect(read(ofx(account(row())) + ofx(account(row({ id: "2", amount: "6.00" })))).rows).toHaveLength(2);
  });
});

test("an amount that was changed into the account's currency is in that, and one in another currency is not", () => {
  const foreign = "<CURRATE>1.08\n<CURSYM>EUR\n";
  const original = row({ fields: `<NAME>ANA\n<ORIGCURRENCY>\n${foreign}</ORIGCURRENCY>` });
  const other = row({ id: "2", fields: `<NAME>BO\n<CURRENCY>\n${foreign}</CURRENCY>` });
  expect(read(file(original, other)).rows.map(({ currency }) => currency)).toEqual(["USD", "EUR"]);
});

test("tags that are closed and tags that are not say the same, on one line or many", () => {
  const open = file(row({ fields: "<NAME>ANA RUIZ\n<MEMO>Deposit Oct 10" }), row({ id: "2", amount: "-6.00" }));
  const closed = open.replace(/<(\w+)>([^<\n]+)/g, "<$1>$2</$1>");
  const [expected, ...others] = [open, closed, open.replaceAll("\n", "\r\n"), open.replace(/\n(?=<)/g, "")].map(
    (text) => read(text).rows,
  );
  for (const rows of others) expect(rows).toEqual(expected);
});
