import { daysLater } from "../../../lib/periods";
import {
  dayOf,
  daysFrom,
  distance,
  EARLIEST_DAYS,
  type FileRow,
  type Fit,
  fitOf,
  LATEST_DAYS,
  type MatchedPayment,
} from "./fit";
import { byTime, firstAt } from "./in-order";

/** How far a place is looked for by moving others; more would make no difference to a person, and takes long. */
const MOST_MOVES = 200;

/** Which payment is which row, one to one, and what else would have fitted. */
export interface Singles {
  fits: Map<MatchedPayment, Fit>;
  all: ReadonlyMap<MatchedPayment, readonly Fit[]>;
}

/**
 * Gives each payment one row of its amount, its method and its time. The strongest come first, among them those whose
 * words agree; as many payments as possible get a row, each the nearest in time.
 */
export function matchSingles(payments: readonly MatchedPayment[], rows: readonly FileRow[], timezone: string): Singles {
  const index = rowsByAmount(rows);
  const all = new Map(payments.map((payment) => [payment, fitsOf(payment, index, timezone)]));
  const fits = new Map<MatchedPayment, Fit>();
  const taken = new Map<FileRow, MatchedPayment>();
  for (const strength of [3, 2, 1]) {
    const atStrength = new Map(
      [...all]
        .filter(([payment]) => !fits.has(payment))
        .map(([payment, fits]) => [payment, fits.filter((fit) => fit.strength === strength && !taken.has(fit.row))]),
    );
    takeBest(atStrength, fits, taken);
    takeByMoving(atStrength, fits, taken);
    uncross(atStrength, fits);
  }
  return { fits, all };
}

function rowsByAmount(rows: readonly FileRow[]): Map<string, FileRow[]> {
  const index = new Map<string, FileRow[]>();
  for (const row of rows) {
    if (row.date === null || row.amount_cents === null) continue;
    const key = keyOf(row.currency, row.method, row.amount_cents);
    const found = index.get(key);
    if (found) found.push(row);
    else index.set(key, [row]);
  }
  for (const found of index.values()) found.sort((a, b) => byTime(a.date ?? "", b.date ?? ""));
  return index;
}

function keyOf(currency: string, method: string, cents: number): string {
  // What is logged as another way is a transfer to the bank.
  return `${currency} ${method === "other" ? "bank_transfer" : method} ${cents}`;
}

function fitsOf(payment: MatchedPayment, index: ReadonlyMap<string, readonly FileRow[]>, timezone: string): Fit[] {
  const cents = payment.kind === "refund" ? -payment.amount_cents : payment.amount_cents;
  const rows = index.get(keyOf(payment.currency, payment.method, cents));
  if (!rows) return [];
  const day = dayOf(payment, timezone);
  const last = daysLater(day, LATEST_DAYS);
  const found: Fit[] = [];
  for (let at = firstAt(rows, daysLater(day, EARLIEST_DAYS), ({ date }) => date ?? ""); at < rows.length; at++) {
    const row = rows[at] as FileRow;
    if ((row.date ?? "") > last) break;
    const fit = itemsOf(row) > 1 ? null : fitOf(payment, row, daysFrom(day, row));
    if (fit) found.push(fit);
  }
  return found.sort((a, b) => distance(a) - distance(b) || byTime(a.row.date ?? "", b.row.date ?? ""));
}

/** How many checks a deposit has, where the bank says so; else 0. */
export function itemsOf(row: FileRow): number {
  return Number(/\b(\d{1,3}) (?:items|checks)\b/i.exec(row.text)?.[1] ?? 0);
}

/** Those whose words agree first, then the nearest in time: who paid today is today's, though another one waits longer. */
function takeBest(
  open: ReadonlyMap<MatchedPayment, readonly Fit[]>,
  fits: Map<MatchedPayment, Fit>,
  taken: Map<FileRow, MatchedPayment>,
): void {
  for (const fit of [...open.values()].flat().sort(byWordsThenTime)) {
    if (fits.has(fit.payment) || taken.has(fit.row)) continue;
    fits.set(fit.payment, fit);
    taken.set(fit.row, fit.payment);
  }
}

function byWordsThenTime(a: Fit, b: Fit): number {
  return (
    b.hints - a.hints ||
    distance(a) - distance(b) ||
    byTime(a.payment.received_at, b.payment.received_at) ||
    byTime(a.row.date ?? "", b.row.date ?? "")
  );
}

/** Who is left without a row, the oldest first, moves others to rows that fit them too. */
function takeByMoving(
  open: ReadonlyMap<MatchedPayment, readonly Fit[]>,
  fits: Map<MatchedPayment, Fit>,
  taken: Map<FileRow, MatchedPayment>,
): void {
  const take = (fit: Fit) => {
    fits.set(fit.payment, fit);
    taken.set(fit.row, fit.payment);
  };
  const move = (payment: MatchedPayment, seen: Set<FileRow>): boolean => {
    for (const fit of open.get(payment) ?? []) {
      if (seen.has(fit.row) || seen.size > MOST_MOVES) continue;
      seen.add(fit.row);
      const holder = taken.get(fit.row);
      if (holder && !(open.has(holder) && move(holder, seen))) continue;
      take(fit);
      return true;
    }
    return false;
  };
  const waiting = [...open.keys()].filter((payment) => !fits.has(payment));
  for (const payment of waiting.sort((a, b) => byTime(a.received_at, b.received_at))) move(payment, new Set());
}

/** Of two payments that fit two rows either way the earlier gets the earlier one: people pay in turn. */
function uncross(open: ReadonlyMap<MatchedPayment, readonly Fit[]>, fits: Map<MatchedPayment, Fit>): void {
  const placed = [...open.keys()].filter((payment) => fits.has(payment));
  for (const group of byAmount(placed)) {
    for (const [at, earlier] of group.entries()) {
      for (const later of group.slice(at + 1)) exchange(earlier, later, open, fits);
    }
  }
}

/** Oldest first. */
function byAmount(payments: readonly MatchedPayment[]): MatchedPayment[][] {
  const groups = new Map<string, MatchedPayment[]>();
  for (const payment of payments.toSorted((a, b) => byTime(a.received_at, b.received_at))) {
    const key = keyOf(payment.currency, payment.method, payment.amount_cents);
    groups.set(key, [...(groups.get(key) ?? []), payment]);
  }
  return [...groups.values()];
}

function exchange(
  earlier: MatchedPayment,
  later: MatchedPayment,
  open: ReadonlyMap<MatchedPayment, readonly Fit[]>,
  fits: Map<MatchedPayment, Fit>,
): void {
  const [first, second] = [fits.get(earlier), fits.get(later)];
  if (!first || !second || (first.row.date ?? "") <= (second.row.date ?? "")) return;
  const before = open.get(earlier)?.find(({ row }) => row === second.row);
  const after = open.get(later)?.find(({ row }) => row === first.row);
  if (!before || !after || before.hints + after.hints < first.hints + second.hints) return;
  fits.set(earlier, before);
  fits.set(later, after);
}
