import { expect } from "vitest";
import { readStatement, type Statement } from "../statement-file/read";
import type { BankRow } from "../statement-file/rows";
import { csv } from "./writers";

/** Files of a row or two, in the form of each bank. */

export const bytes = (text: string) => new TextEncoder().encode(text);
export const read = (text: string | Uint8Array, currency = "USD"): Statement =>
  readStatement(typeof text === "string" ? bytes(text) : text, currency);
export const only = (statement: Statement): BankRow => {
  expect(statement.rows).toHaveLength(1);
  return statement.rows[0] as BankRow;
};

export const CHASE = "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #";
export const chase = (text: string, cents: string, type: string, balance = "100.00", date = "10/05/2026") =>
  `${CHASE}\nX,${date},"${text}",${cents},${type},${balance},,\n`;
export const bofa = (text: string, amount: string) =>
  `Description,,Summary Amt.\r\nBeginning balance as of 10/01/2026,,"1,000.00"\r\nEnding balance as of 10/31/2026,,"2,000.00"\r\n\r\nDate,Description,Amount,Running Bal.\r\n10/01/2026,Beginning balance as of 10/01/2026,,"1,000.00"\r\n10/05/2026,"${text}","${amount}","2,000.00"\r\n`;
export const wells = (text: string, amount: string) => `"10/05/2026","${amount}","*","","${text}"\n`;
export const ofx = (fields: string) =>
  `OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>USD<BANKTRANLIST><STMTTRN>${fields}</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>5.00</LEDGERBAL><AVAILBAL><BALAMT>9.00</AVAILBAL></STMTRS></OFX>`;
const VENMO =
  ",ID,Datetime,Type,Status,Note,From,To,Amount (total),Funding Source,Beginning Balance,Ending Balance".split(",");
export const venmo = (...rows: (readonly string[])[]) => csv([["Account Statement"], VENMO, ...rows]);
