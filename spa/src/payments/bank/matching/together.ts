import { daysLater } from "../../../lib/periods";
import { dayOf, daysFrom, EARLIEST_DAYS, type FileRow, fitOf, LATEST_DAYS, type MatchedPayment } from "./fit";
import { byTime, firstAt } from "./in-order";
import { itemsOf } from "./singles";
import { setsThatSumTo } from "./sums";

/** A deposit of several checks, or a transfer for several charters. */
export interface Sum {
  row: FileRow;
  payments: readonly MatchedPayment[];
  /** Nothing else adds up. */
  unique: boolean;
}

/** Of more, only the nearest in time are tried. */
const MOST_ADDENDS = 24;

interface Dated {
  payment: MatchedPayment;
  day: string;
}

/** Finds rows that several payments add up to; those that only one set adds up to come first. */
export function matchSums(payments: readonly MatchedPayment[], rows: readonly FileRow[], timezone: string): Sum[] {
  const open = datedByMethod(payments, timezone);
  const placed = new Set<MatchedPayment>();
  const find = (row: FileRow) => sumOf(row, open.get(keyOf(row)) ?? [], placed);
  const place = (sum: Sum) => {
    for (const payment of sum.payments) placed.add(payment);
    return sum;
  };
  const doubtful: FileRow[] = [];
  const found: Sum[] = [];
  for (const row of rows.toSorted((a, b) => byTime(a.date ?? "", b.date ?? ""))) {
    const sum = find(row);
    if (sum?.unique) found.push(place(sum));
    else if (sum) doubtful.push(row);
  }
  for (const row of doubtful) {
    const sum = find(row);
    // What was found for others has made it the only one left, not the only one.
    if (sum) found.push({ ...place(sum), unique: false });
  }
  return found;
}

function keyOf({ currency, method }: FileRow | MatchedPayment): string {
  return `${currency} ${method}`;
}

/** Payments that can be parts, by currency and method, each list by its days. */
function datedByMethod(payments: readonly MatchedPayment[], timezone: string): Map<string, Dated[]> {
  const byMethod = new Map<string, Dated[]>();
  for (const payment of payments) {
    if (payment.kind === "refund") continue;
    const dated = { payment, day: dayOf(payment, timezone) };
    const known = byMethod.get(keyOf(payment));
    if (known) known.push(dated);
    else byMethod.set(keyOf(payment), [dated]);
  }
  for (const dated of byMethod.values()) dated.sort((a, b) => byTime(a.day, b.day));
  return byMethod;
}

function sumOf(row: FileRow, open: readonly Dated[], placed: ReadonlySet<MatchedPayment>): Sum | null {
  const items = itemsOf(row);
  // A row that names somebody is theirs alone; only checks come without a name.
  const isNamed = row.counterparty !== "";
  if (row.date === null || items === 1 || (!isNamed && row.method !== "check")) return null;
  const addends = inTime(open, row.date)
    .filter(({ payment }) => !placed.has(payment) && payment.amount_cents < (row.amount_cents ?? 0))
    .map(({ payment, day }) => ({ payment, amount_cents: payment.amount_cents, days: daysFrom(day, row) }))
    .filter(({ payment, days }) => isPart(payment, row, days, isNamed))
    .sort((a, b) => Math.abs(a.days) - Math.abs(b.days))
    .slice(0, MOST_ADDENDS);
  const { found, complete } = setsThatSumTo(
    row.amount_cents ?? 0,
    addends,
    (size) => items === 0 || size === items,
    daysApart,
  );
  const [likeliest] = found;
  if (!likeliest) return null;
  return { row, payments: likeliest.map(({ payment }) => payment), unique: found.length === 1 && complete };
}

/** Those that a row of this day can be of. */
function inTime(open: readonly Dated[], date: string): Dated[] {
  const first = firstAt(open, daysLater(date, -LATEST_DAYS), ({ day }) => day);
  const end = firstAt(open, daysLater(date, 1 - EARLIEST_DAYS), ({ day }) => day);
  return open.slice(first, end);
}

function isPart(payment: MatchedPayment, row: FileRow, days: number, isNamed: boolean): boolean {
  const fit = fitOf(payment, row, days);
  return fit !== null && (!isNamed || fit.strength > 1);
}

/** What goes to the bank together came at about one time, and not long before. */
function daysApart(set: readonly { days: number }[]): number {
  const days = set.map(({ days }) => days);
  const waited = days.reduce((sum, days) => sum + Math.abs(days), 0);
  return 100 * (Math.max(...days) - Math.min(...days)) + waited / set.length;
}
