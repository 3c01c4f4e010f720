import { ordersOf } from "./days";

/** How banks head a line that sums up or tells a balance; the whole text of a cell. */
const TOTAL =
  /^(?:grand |sub-?)?totals?(?: (?:of )?(?:all )?(?:credits?|debits?|deposits?|withdrawals?|payments?|in|out))?:?$|^(?:gesamt)?summe:?$/i;
const BALANCES = {
  opening:
    /^(?:(?:opening|beginning|starting)(?: ledger| account)? balance|balance brought forward|anfangssaldo|saldo inicial)(?:,? (?:as of|on|at) .*)?:?$/i,
  closing:
    /^(?:(?:closing|ending)(?: ledger| account)? balance|balance carried forward|endsaldo|saldo final)(?:,? (?:as of|on|at) .*)?:?$/i,
};
/** `Wednesday, September 30, 2026 11:59:59 PM` */
const LONGEST_DATE = 45;
/** An amount with cents, or a date in figures. */
const FIGURE = /\d[.,]\d\d\b|\b\d{1,4}([-/.])\d{1,2}\1\d{1,4}\b/;

type Cells = readonly string[];

/**
 * Whether a line of a file is no row of money but says something about the rows: a sum of them, a balance, a sentence of
 * the bank. A line with another text beside it is a row: a payer may write anything.
 */
export function isRemark(cells: Cells): boolean {
  const filled = cells.filter((cell) => cell !== "");
  const [text = "", ...others] = textsOf(filled);
  if (others.length > 0) return false;
  if (BALANCES.opening.test(text) || BALANCES.closing.test(text)) return true;
  if (isTotal(text)) return !filled.some(isDate);
  return filled.length < 2 && !filled.some((cell) => FIGURE.test(cell));
}

function textsOf(filled: Cells): Cells {
  return filled.filter((cell) => /\p{L}{2}/u.test(cell) && !/^[A-Z]{3}$/.test(cell) && !isDate(cell));
}

export function isTotal(text: string): boolean {
  return TOTAL.test(text);
}

/** Whether a cell is a day in one of the orders. */
export function isDate(text: string): boolean {
  return text.length <= LONGEST_DATE && /\d/.test(text) && ordersOf([text]).length > 0;
}

/** The balance before the rows, or the one after them, as the last figure of the line that tells it. */
export function printedBalance(lines: readonly Cells[], which: keyof typeof BALANCES): string {
  const line = lines.find((cells) => cells.some((cell) => BALANCES[which].test(cell)));
  return line?.findLast((cell) => /\d/.test(cell) && !isDate(cell) && !BALANCES[which].test(cell)) ?? "";
}
