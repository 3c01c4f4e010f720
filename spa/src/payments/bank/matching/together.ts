import { daysBetween } from "../../../lib/periods";
import { dayOf, daysFrom, EARLIEST_DAYS, type FileRow, fitOf, LATEST_DAYS, type MatchedPayment } from "./fit";
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

/** Finds rows that several payments add up to; those that only one set adds up to first. */
export function matchSums(payments: readonly MatchedPayment[], rows: readonly FileRow[], timezone: string): Sum[] {
  const open = datedByMethod(payments, timezone);
  const placed = new Set<MatchedPayment>();
  const found: Sum[] = [];
  const oldestFirst = [...rows].sort((a, b) => (a.date ?? "").localeCompare(b.date ?? ""));
  for (const onlyUnique of [true, false]) {
    for (const row of oldestFirst) {
      const known = found.some((sum) => sum.row === row);
      const sum = known ? null : sumOf(row, open.get(`${row.currency} ${row.method}`) ?? [], placed);
      if (!sum || (onlyUnique && !sum.unique)) continue;
      found.push(sum);
      for (const payment of sum.payments) placed.add(payment);
    }
  }
  return found;
}

function datedByMethod(payments: readonly MatchedPayment[], timezone: string): Map<string, Dated[]> {
  const byMethod = new Map<string, Dated[]>();
  for (const payment of payments) {
    if (payment.kind === "refund") continue;
    const key = `${payment.currency} ${payment.method}`;
    const dated = { payment, day: dayOf(payment, timezone) };
    byMethod.set(key, [...(byMethod.get(key) ?? []), dated]);
  }
  return byMethod;
}

function sumOf(row: FileRow, open: readonly Dated[], placed: ReadonlySet<MatchedPayment>): Sum | null {
  const items = itemsOf(row);
  // A row that names somebody is theirs alone; only checks come without a name.
  const isNamed = row.counterparty !== "";
  if ((!isNamed && row.method !== "check") || items === 1) return null;
  const addends = open
    .filter(({ payment, day }) => !placed.has(payment) && isInTime(daysFrom(day, row)))
    .filter(({ payment, day }) => (fitOf(payment, row, daysFrom(day, row))?.strength ?? 0) > (isNamed ? 1 : 0))
    .sort((a, b) => Math.abs(daysFrom(a.day, row)) - Math.abs(daysFrom(b.day, row)))
    .slice(0, MOST_ADDENDS)
    .map(({ payment, day }) => ({ payment, day, amount_cents: payment.amount_cents }));
  const { found, complete } = setsThatSumTo(
    row.amount_cents ?? 0,
    addends,
    (size) => items === 0 || size === items,
    (set) => daysApart(set, row),
  );
  const [likeliest] = found;
  if (!likeliest) return null;
  return { row, payments: likeliest.map(({ payment }) => payment), unique: found.length === 1 && complete };
}

function isInTime(days: number): boolean {
  return days >= EARLIEST_DAYS && days <= LATEST_DAYS;
}

/** What goes to the bank together came at about one time, and not long before. */
function daysApart(set: readonly Dated[], row: FileRow): number {
  const days = set.map(({ day }) => day).sort();
  const waited = set.reduce((sum, { day }) => sum + Math.abs(daysFrom(day, row)), 0);
  return 100 * daysBetween(days[0] ?? "", days.at(-1) ?? "") + waited / set.length;
}
