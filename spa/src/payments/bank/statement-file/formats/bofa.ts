import { notationIn, readAmount } from "../amounts";
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
  const beginning = summaryAmount(summary, "Beginning");
  const ending = summaryAmount(summary, "Ending");
  const printed = lines.filter((line) => !isRemark([line.trim()])).map(fieldsOf);
  const order = orderIn(printed.map(({ date }) => date));
  const figures = [beginning, ending, ...printed.flatMap(({ amount, balance }) => [amount, balance])];
  const notation = notationIn(figures, currency);
  const centsOf = (figure: string) => readAmount(figure, currency, notation);
  let opening_cents = centsOf(beginning);
  const rows: DraftRow[] = [];
  for (const { date, description, amount, balance } of printed) {
    if (amount === "" && /^Beginning balance/i.test(description)) {
      opening_cents ??= centsOf(balance);
      continue;
    }
    rows.push(
      bankLine({
        text: description,
        date: readDay(date, order),
        amount_cents: centsOf(amount),
        balance_cents: centsOf(balance),
        currency,
      }),
    );
  }
  return { rows, opening_cents, closing_cents: centsOf(ending) };
}

function summaryAmount(summary: string, which: "Beginning" | "Ending"): string {
  const line = new RegExp(`^"?${which} balance as of .*$`, "mi").exec(summary)?.[0] ?? "";
  return fromRight(line.trim()).field;
}

function fieldsOf(line: string) {
  const last = fromRight(line.trim());
  const amount = fromRight(last.rest);
  const [, date = "", description = ""] = /^"?([^,"]*)"?,(.*)$/.exec(amount.rest) ?? [];
  // A figure is left over: a comma within an amount, `12,50`, without quotes around it, has parted it.
  const isParted = /^".*[^"]$|^[^"].*,[+-]?[\d.]+$/.test(description);
  const figures = isParted ? { amount: "?", balance: "" } : { amount: amount.field, balance: last.field };
  return { date, description: unquoted(description), ...figures };
}

/** The last field of a line, quoted or not, and what stands before its comma. */
function fromRight(line: string): { rest: string; field: string } {
  const match = /^(.*),(?:"([^"]*)"|([^",]*))$/.exec(line);
  return { rest: match?.[1] ?? line, field: (match?.[2] ?? match?.[3] ?? "").trim() };
}

function unquoted(field: string): string {
  return field.trim().replace(/^"(.*)"$/, "$1");
}
