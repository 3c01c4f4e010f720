import { readAmount } from "../amounts";
import { bankLine } from "../bank-line";
import { orderIn, readDay } from "../days";
import { isRemark } from "../remarks";
import type { Draft, DraftRow } from "../rows";

const HEAD = /^"?Date"?,"?Description"?,"?Amount"?,"?Running Bal\.?"?\s*$/m;

/**
 * Bank of America's export: a summary, then the rows; null for any other text. Quotes within a text are not doubled, so
 * a row is no CSV: its amount and its balance are read from the right.
 */
export function readBankOfAmerica(text: string, currency: string): Draft | null {
  const head = HEAD.exec(text);
  if (!head) return null;
  const summary = text.slice(0, head.index);
  const lines = text.slice(head.index + head[0].length).split(/\r?\n/);
  let opening_cents = summaryAmount(summary, "Beginning", currency);
  const rows: DraftRow[] = [];
  const printed = lines.filter((line) => !isRemark([line.trim()])).map(fieldsOf);
  const order = orderIn(printed.map(({ date }) => date));
  for (const { date, description, amount, balance } of printed) {
    if (amount === "" && /^Beginning balance/i.test(description)) {
      opening_cents ??= readAmount(balance, currency);
      continue;
    }
    rows.push(
      bankLine({
        text: description,
        date: readDay(date, order),
        amount_cents: readAmount(amount, currency),
        balance_cents: readAmount(balance, currency),
        currency,
      }),
    );
  }
  return { rows, opening_cents, closing_cents: summaryAmount(summary, "Ending", currency) };
}

function summaryAmount(summary: string, which: string, currency: string): number | null {
  const line = new RegExp(`^"?${which} balance as of .*$`, "mi").exec(summary)?.[0] ?? "";
  return readAmount(fromRight(line.trim()).field, currency);
}

function fieldsOf(line: string) {
  const last = fromRight(line.trim());
  const amount = fromRight(last.rest);
  const [, date = "", description = ""] = /^"?([^,"]*)"?,(.*)$/.exec(amount.rest) ?? [];
  return { date, description: unquoted(description), amount: amount.field, balance: last.field };
}

/** The last field of a line, quoted or not, and what stands before its comma. */
function fromRight(line: string): { rest: string; field: string } {
  const match = /^(.*),(?:"([^"]*)"|([^",]*))$/.exec(line);
  return { rest: match?.[1] ?? line, field: (match?.[2] ?? match?.[3] ?? "").trim() };
}

function unquoted(field: string): string {
  return field.trim().replace(/^"(.*)"$/, "$1");
}
