import { expect, test } from "vitest";
import { readStatement } from "../statement-file/read";
import { bofa, bytes, chase, ofx, only, read, venmo, wells } from "./small-files";
import { utf16, windows1252 } from "./writers";

// --- who, what and what kind --------------------------------------------------------------------

test.each([
  [
    "Zelle payment from ANA RUIZ 22819940371",
    "450.00",
    "QUICKPAY_CREDIT",
    "ANA RUIZ",
    "22819940371",
    "credit",
    "zelle",
  ],
  [
    "Zelle payment from ANA RUIZ BACq81kd02mx",
    "450.00",
    "QUICKPAY_CREDIT",
    "ANA RUIZ",
    "BACq81kd02mx",
    "credit",
    "zelle",
  ],
  ["Zelle payment from ANA RUIZ", "450.00", "QUICKPAY_CREDIT", "ANA RUIZ", "", "credit", "zelle"],
  [
    "Zelle payment to TESS LIND JPM99ak2x7q1",
    "-45.00",
    "QUICKPAY_DEBIT",
    "TESS LIND",
    "JPM99ak2x7q1",
    "debit",
    "zelle",
  ],
  [
    "FEDWIRE CREDIT VIA: A BANK B/O: SAIL CLUB REF: OCT TRIP",
    "9.00",
    "WIRE_INCOMING",
    "SAIL CLUB",
    "OCT TRIP",
    "credit",
    "bank_transfer",
  ],
  [
    "ORIG CO NAME:SQUARE INC       CO ENTRY DESCR:TRANSFER  SEC:CCD    IND NAME:H",
    "9.00",
    "ACH_CREDIT",
    "SQUARE INC",
    "TRANSFER",
    "transfer",
    "bank_transfer",
  ],
  [
    "ORIG CO NAME:SQUARE RIGGERS CLUB ORIG ID:12 DESC DATE:OCT CO ENTRY DESCR:PAYMENT SEC:CCD",
    "9.00",
    "ACH_CREDIT",
    "SQUARE RIGGERS CLUB",
    "PAYMENT",
    "credit",
    "bank_transfer",
  ],
  ["REMOTE ONLINE DEPOSIT #          1", "9.00", "CHECK_DEPOSIT", "", "1", "credit", "check"],
  ["DEPOSIT  ID NUMBER 640118", "9.00", "DEPOSIT", "", "640118", "credit", "check"],
  [
    "DEPOSITED ITEM RETURNED RETURN ITEM REF# 88 CHK SER# 5519 DEP REF: 53 RTN REASON: Stop",
    "-9.00",
    "DEPOSIT_RETURN",
    "",
    "5519",
    "returned",
    "check",
  ],
  ["DEPOSITED ITEM RETURNED FEE", "-12.00", "FEE_TRANSACTION", "", "DEPOSITED ITEM RETURNED FEE", "fee", "check"],
  ["MARINA SERVICE FEE", "-12.00", "ACH_DEBIT", "MARINA SERVICE FEE", "", "debit", "bank_transfer"],
  [
    "Online Transfer to SAV ...7731 transaction#: 22817",
    "-9.00",
    "ACCT_XFER",
    "",
    "SAV ...7731",
    "transfer",
    "bank_transfer",
  ],
  ["INTEREST PAYMENT", "0.07", "MISC_CREDIT", "", "INTEREST PAYMENT", "credit", "bank_transfer"],
])("Chase: %s", (text, amount, type, counterparty, reference, kind, method) => {
  expect(only(read(chase(text, amount, type)))).toMatchObject({ counterparty, reference, kind, method });
});

test("Chase: a row without a balance is pending, and no part of the sum", () => {
  const text = chase("Zelle payment from ANA RUIZ", "450.00", "QUICKPAY_CREDIT", " ");
  expect(only(read(text)).kind).toBe("pending");
  const statement = read(`${text}X,10/04/2026,"FEE",-5.00,FEE_TRANSACTION,95.00,,\n`);
  expect(statement).toMatchObject({ opening_cents: 10_000, closing_cents: 9500, difference_cents: 0 });
});

test.each([
  [
    'Zelle payment from ANA RUIZ for "Lark 10/11 "full day""; Conf# m2p0',
    "1,000.00",
    "ANA RUIZ",
    'Lark 10/11 "full day"',
    "credit",
  ],
  ['Zelle payment from ANA RUIZ for ""; Conf# m2p0', "1,000.00", "ANA RUIZ", "m2p0", "credit"],
  ["Zelle payment from RUIZ, ANA Conf# m2p0", "1,000.00", "RUIZ, ANA", "m2p0", "credit"],
  ["RETURN OF POSTED CHECK / ITEM (RECEIVED ON 10-12) CHECK 1066", "-350.00", "", "1066", "returned"],
  ["RETURNED ITEM CHARGEBACK FEE", "-12.00", "", "RETURNED ITEM CHARGEBACK FEE", "fee"],
  ["PORT FEE 1407 SAN DIEGO BILL PAYMENT", "-94.50", "PORT FEE", "1407", "debit"],
  [
    "WIRE TYPE:WIRE IN DATE: 261020 TIME:0911 ET TRN:20261 ORIG:BAY SCHOOL ID:77",
    "9.00",
    "BAY SCHOOL",
    "20261",
    "credit",
  ],
  ["VENMO DES:CASHOUT ID:XX INDN:HARBOR CO ID:XX PPD", "310.00", "VENMO", "CASHOUT", "transfer"],
  ["BKOFAMERICA MOBILE 10/02 XX48817 DEPOSIT *MOBILE CA", "250.00", "", "XX48817", "credit"],
  ["CHECKCARD 1003 TIDEPOOL PROVISIONS SAN DIEGO CA 24055236276", "-9.00", "TIDEPOOL PROVISIONS", "1003", "debit"],
  ["Online Banking transfer to CHK 2093 Confirmation# 7719", "-9.00", "CHK 2093", "7719", "transfer"],
  ["Counter Credit", "9.00", "", "", "credit"],
])("Bank of America: %s", (text, amount, counterparty, reference, kind) => {
  const row = only(read(bofa(text, amount)));
  expect(row).toMatchObject({ counterparty, reference, kind, text, date: "2026-10-05" });
});

test.each([
  ["ZELLE FROM RUIZ ANA ON 10/02 REF # WFCT0QK71LM2 SUNSET SAIL", "9.00", "RUIZ ANA", "SUNSET SAIL", "credit"],
  ["ZELLE FROM RUIZ ANA ON 10/02 REF # WFCT0QK71LM2", "9.00", "RUIZ ANA", "WFCT0QK71LM2", "credit"],
  ["RETURNED DEPOSITED ITEM CHECK # 7710 RETURN REASON NSF", "-9.00", "", "7710", "returned"],
  ["DEPOSITED ITEM RETN UNPAID CHECK # 7710", "-9.00", "", "7710", "returned"],
  ["ONLINE TRANSFER FROM SMITH J REF #IB0 ON 10/08/26", "9.00", "SMITH J", "IB0", "credit"],
  [
    "ONLINE TRANSFER TO LARK H SAVINGS XXXXXX5520 REF #IB0QM ON 10/08/26",
    "-9.00",
    "LARK H SAVINGS",
    "IB0QM",
    "transfer",
  ],
  ["WIRE TRANS SVC CHARGE - SEQUENCE: 261009 SRF# OW1", "-9.00", "", "261009", "fee"],
  [
    "PURCHASE AUTHORIZED ON 10/05 STATEMENT FEE BAR SAN DIEGO CA S386278 CARD 1182",
    "-9.00",
    "STATEMENT FEE BAR",
    "10/05",
    "debit",
  ],
  ["ATM CASH DEPOSIT ON 10/21 1200 QUAY ST SAN DIEGO CA 0004471", "9.00", "", "0004471", "credit"],
  ["MOBILE DEPOSIT : REF NUMBER :8160", "9.00", "", "8160", "credit"],
])("Wells Fargo: %s", (text, amount, counterparty, reference, kind) => {
  expect(only(read(wells(text, amount)))).toMatchObject({ counterparty, reference, kind });
});

test.each([
  ["<TRNTYPE>CREDIT<TRNAMT>9.00<NAME>ZELLE FROM RENÉ QUAYLE<MEMO>Deposit", "RENÉ QUAYLE", "Deposit", "credit"],
  ["<TRNTYPE>CREDIT<TRNAMT>9,50<NAME>Zelle O'MALLORY, FINBAR", "O'MALLORY, FINBAR", "", "credit"],
  [
    "<TRNTYPE>CREDIT<TRNAMT>9.00<NAME>WIRE IN TERN ISLAND YACHT CLUB A<MEMO>SSOCIATION OCT 22 REGATTA",
    "TERN ISLAND YACHT CLUB ASSOCIATION",
    "OCT 22 REGATTA",
    "credit",
  ],
  [
    "<TRNTYPE>CREDIT<TRNAMT>9.00<NAME>WIRE HUXLEY-ABARA MEMORIAL FOUND<MEMO>ATION / OCT 29 GALA",
    "HUXLEY-ABARA MEMORIAL FOUNDATION",
    "OCT 29 GALA",
    "credit",
  ],
  [
    "<TRNTYPE>POS<TRNAMT>-9.00<NAME>ROPE &amp; SAIL &#76;OFT &lt;OUTLET><MEMO>CARD 1182",
    "ROPE & SAIL LOFT <OUTLET>",
    "CARD 1182",
    "debit",
  ],
  ["<TRNTYPE>DEBIT<TRNAMT>-9.00<CHECKNUM>2093<NAME>Returned check<MEMO>NSF 2093", "", "NSF 2093", "returned"],
  ["<TRNTYPE>XFER<TRNAMT>-9.00<NAME>Transfer to share 09", "share 09", "", "transfer"],
  ["<TRNTYPE>DIRECTDEP<TRNAMT>9.00<NAME>SQUARE INC<MEMO>SQ26", "SQUARE INC", "SQ26", "transfer"],
  // Zelle pays nothing out for a processor: it is a customer of that name, in OFX as in every other format.
  ["<TRNTYPE>CREDIT<TRNAMT>9.00<NAME>ZELLE FROM SQUARE INC", "SQUARE INC", "", "credit"],
  ["<TRNTYPE>SRVCHG<TRNAMT>-9.00<NAME>WIRE FEE", "", "WIRE FEE", "fee"],
  ["<TRNTYPE>CHECK<TRNAMT>-9.00<CHECKNUM>311<NAME>Check", "", "311", "debit"],
  ["<TRNTYPE>INT<TRNAMT>0.03<NAME>INTEREST", "", "INTEREST", "credit"],
  ["<TRNTYPE>HOLD<TRNAMT>-9.00<NAME>FUEL", "FUEL", "", "pending"],
])("OFX: %s", (fields, counterparty, reference, kind) => {
  const row = only(read(windows1252(ofx(`${fields}<DTPOSTED>20261005120000.000[-7:PDT]<FITID>77`))));
  expect(row).toMatchObject({ counterparty, reference, kind, row_id: "77", date: "2026-10-05" });
});

test("OFX as XML says the same, with closed tags, CDATA and letters of UTF-8", () => {
  const row =
    "<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20261005</DTPOSTED><TRNAMT>9.00</TRNAMT><FITID>77</FITID><NAME><![CDATA[ZELLE FROM ŠARIĆ & SON]]></NAME></STMTTRN>";
  const text = `<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>\n<OFX><STMTRS><CURDEF>USD</CURDEF><BANKTRANLIST>${row}</BANKTRANLIST></STMTRS></OFX>`;
  expect(only(read(text))).toMatchObject({ counterparty: "ŠARIĆ & SON", amount_cents: 900, row_id: "77" });
});

test("OFX: the ledger's balance counts, and not what is available", () => {
  const fields = "<TRNTYPE>INT<DTPOSTED>20261005<TRNAMT>1.00<FITID>1<NAME>INTEREST";
  expect(read(ofx(fields))).toMatchObject({ opening_cents: null, closing_cents: 500, difference_cents: null });
});

test("Venmo: who was charged has paid, and who charges was paid", () => {
  const row = (type: string, from: string, to: string, amount: string) => [
    "",
    `4${type}${amount}`,
    "2026-10-04T01:15:33",
    type,
    "Complete",
    "ice",
    from,
    to,
    amount,
    "Venmo balance",
  ];
  const statement = read(
    venmo(
      row("Charge", "Us", "Ana", "+ $4.00"),
      row("Payment", "Ana", "Us", "+ $5.00"),
      row("Charge", "Ice", "Us", "- $6.00"),
      row("Payment", "Us", "Tess", "- $7.00"),
    ),
  );
  expect(statement.rows.map(({ counterparty, kind }) => [counterparty, kind])).toEqual([
    ["Ana", "credit"],
    ["Ana", "credit"],
    ["Ice", "debit"],
    ["Tess", "debit"],
  ]);
});

test("Venmo: what a bank account paid does not change the balance, and what is pending is not there yet", () => {
  const row = (id: string, status: string, amount: string, source: string) => [
    "",
    id,
    "2026-10-04T01:15:33",
    "Payment",
    status,
    "",
    "Ana",
    "Us",
    amount,
    source,
  ];
  const opening = [...Array(10).fill(""), "$10.00", ""];
  const closing = [...Array(11).fill(""), "$15.00"];
  const statement = read(
    venmo(
      opening,
      row("1", "Complete", "+ $5.00", ""),
      row("2", "Complete", "- $7.00", "MY BANK *1"),
      row("3", "Pending", "+ $9.00", ""),
      closing,
    ),
  );
  expect(statement).toMatchObject({ opening_cents: 1000, closing_cents: 1500, difference_cents: 0 });
  expect(statement.rows.map(({ kind }) => kind)).toEqual(["credit", "debit", "pending"]);
  expect(statement.rows[1]?.outside_balance).toBe(true);
});

test.each([
  ["charge", "9.00", "usd", "credit", "USD", 900],
  ["refund", "-9.00", "usd", "debit", "USD", -900],
  ["payout", "-9.00", "usd", "transfer", "USD", -900],
  ["stripe_fee", "-9.00", "usd", "fee", "USD", -900],
  ["adjustment", "-9.00", "usd", "returned", "USD", -900],
  ["adjustment", "9.00", "usd", "credit", "USD", 900],
  ["charge", "900", "jpy", "credit", "JPY", 900],
])("Stripe: %s of %s %s", (type, amount, code, kind, currency, cents) => {
  const head =
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Description,charter (metadata),payer_name (metadata)";
  const row = only(
    read(`${head}\ntxn_1,${type},,${amount},0.00,0.00,${code},2026-10-01 16:04,Deposit,Oct 11,Ana Ruiz\n`),
  );
  expect(row).toMatchObject({ kind, currency, amount_cents: cents, counterparty: "Ana Ruiz", reference: "Oct 11" });
});

test.each([
  ["Payment", "Complete", "$400.00", "credit", 40_000],
  ["Refund", "Complete", "($250.00)", "debit", -25_000],
  ["Refund", "Complete", "-$250.00", "debit", -25_000],
  ["Chargeback", "Complete", "($360.00)", "returned", -36_000],
  ["Payment", "Pending", "$720.00", "pending", 72_000],
])("Square: %s, %s", (type, status, amount, kind, amount_cents) => {
  const text = `\ufeffDate,Total Collected,Fees,Payment ID,Event Type,Description,Customer Name,Transaction Status\n2026-10-02,${amount},($10.56),P1,${type},Sail,Ana,${status}\n`;
  expect(only(read(text))).toMatchObject({ kind, amount_cents, fee_cents: -1056, row_id: "P1", counterparty: "Ana" });
});

// --- any bank -----------------------------------------------------------------------------------

const german =
  "Buchungstag;Name;Verwendungszweck;Betrag;Saldo\n13.10.2026;Fjordline GmbH;Anzahlung;1.234,56;2.234,56\n";

test.each([
  ["UTF-8", bytes(german), "UTF-8"],
  ["UTF-8 with a mark", bytes(`\ufeff${german}`), "UTF-8 with byte-order mark"],
  ["UTF-16", utf16(german.replaceAll("\n", "\r\n")), "UTF-16 little endian with byte-order mark, CRLF"],
  ["UTF-16 the other way round, no mark", swapped(utf16(german).slice(2)), "UTF-16 big endian"],
  ["UTF-16 without a mark", utf16(german).slice(2), "UTF-16 little endian"],
  ["Windows", windows1252(german.replace("Anzahlung", "Anzählung")), "windows-1252"],
])("any bank's CSV is read in the letters it is written in: %s", (_, file, encoding) => {
  const statement = read(file);
  expect(statement).toMatchObject({ format: "generic", encoding, opening_cents: 100_000, difference_cents: 0 });
  expect(only(statement)).toMatchObject({ date: "2026-10-13", amount_cents: 123_456, counterparty: "Fjordline GmbH" });
});

function swapped(pairs: Uint8Array): Uint8Array {
  return pairs.map((_, at) => pairs[at ^ 1] ?? 0);
}

test("money in and money out may stand apart; both or none is no amount", () => {
  const head = "Date,Name,Memo,Paid out,Paid in";
  const rows = [
    "2026-10-05,A,x,5.00,",
    "2026-10-05,B,x,,6.00",
    "2026-10-05,C,x,-7.00,0.00",
    "2026-10-05,D,x,1.00,2.00",
    "2026-10-05,E,x,,",
  ];
  const { rows: found } = read([head, ...rows].join("\n"));
  expect(found.map(({ amount_cents }) => amount_cents)).toEqual([-500, 600, -700, null, null]);
  expect(found.map(({ kind }) => kind)).toEqual(["debit", "credit", "debit", "unreadable", "unreadable"]);
});

test("what was copied of a bank's page is read without names of columns", () => {
  const text =
    "Oct 13, 2026\tZelle payment from INES OKAFOR 22844120087\t$500.00\t$4,688.66\nOct 12, 2026\tPELICAN FUEL DOCK\t-$12.00\t$4,188.66\n";
  const statement = read(text);
  expect(statement.rows.map(({ date, amount_cents, counterparty }) => [date, amount_cents, counterparty])).toEqual([
    ["2026-10-13", 50_000, "INES OKAFOR"],
    ["2026-10-12", -1200, "PELICAN FUEL DOCK"],
  ]);
});

test("where the dates do not tell, the order is that in which they lie closest together", () => {
  const rows = ["01/10/2026,A,5.00", "05/10/2026,B,5.00", "09/10/2026,C,5.00"];
  const days = (lines: readonly string[]) =>
    read(["Date,Name,Amount", ...lines].join("\n")).rows.map(({ date }) => date);
  expect(days(rows)).toEqual(["2026-10-01", "2026-10-05", "2026-10-09"]);
  expect(days(["10/01/2026,A,5.00", "10/05/2026,B,5.00"])).toEqual(["2026-10-01", "2026-10-05"]);
});

test("columns that were chosen count, and not those that were guessed", () => {
  const text = "Date,Amount,Other\n05/10/2026,5.00,7.00\n06/10/2026,6.00,8.00\n";
  const guessed = readStatement(bytes(text), "USD").chosen;
  expect(guessed?.columns).toMatchObject({ date: 0, amount: 1, order: "dmy" });
  const chosen = readStatement(bytes(text), "USD", () => guessed && { ...guessed.columns, amount: 2, order: "mdy" });
  expect(chosen.rows.map(({ date, amount_cents }) => [date, amount_cents])).toEqual([
    ["2026-05-10", 700],
    ["2026-06-10", 800],
  ]);
});
