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
import { placesFor, type Shelf, shelfOf } from "./shelf";

/** How far a place is looked for by moving others; more would make no difference to a person, and takes long. */
const MOST_MOVES = 200;

/** Which payment is which row, one to one, and what else would have fitted. */
export interface Singles {
  rowOf: ReadonlyMap<MatchedPayment, FileRow>;
  /** How they agree; of rows that are alike it names the first. */
  fits: ReadonlyMap<MatchedPayment, Fit>;
  all: ReadonlyMap<MatchedPayment, readonly Fit[]>;
  /** The rows that are alike, by the first of them. */
  alike: ReadonlyMap<FileRow, readonly FileRow[]>;
}

/** Who has which rows. Rows that are alike are one place, with room for as many payments as there are rows. */
interface Places {
  alike: ReadonlyMap<FileRow, readonly FileRow[]>;
  fits: Map<MatchedPayment, Fit>;
  holders: Map<FileRow, MatchedPayment[]>;
}

/** By payment the fits of one strength. */
type Open = ReadonlyMap<MatchedPayment, readonly Fit[]>;

/**
 * Gives each payment one row of its amount, its method and its time. The strongest come first, among them those whose
 * words agree; as many payments as possible get a row, each the nearest in time.
 */
export function matchSingles(payments: readonly MatchedPayment[], rows: readonly FileRow[], timezone: string): Singles {
  const shelves = shelvesOf(payments, rows);
  const all = new Map(payments.map((payment) => [payment, fitsOf(payment, shelves, timezone)]));
  const alike = new Map(
    [...shelves.values()].flatMap(({ places }) => places.map((rows) => [firstOf(rows), rows] as const)),
  );
  const places: Places = { alike, fits: new Map(), holders: new Map() };
  for (const strength of [3, 2, 1]) {
    const open = new Map(
      [...all]
        .filter(([payment]) => !places.fits.has(payment))
        .map(([payment, fits]) => [
          payment,
          fits.filter((fit) => fit.strength === strength && hasRoom(places, fit.row)),
        ]),
    );
    takeBest(open, places);
    takeByMoving(open, places);
    uncross(open, places);
  }
  return { rowOf: rowsOf(places), fits: places.fits, all, alike };
}

/** Of the amounts that both have. */
function shelvesOf(payments: readonly MatchedPayment[], rows: readonly FileRow[]): Map<string, Shelf> {
  const byAmount = rowsByAmount(rows);
  const shelves = new Map<string, Shelf>();
  for (const [key, logged] of groupBy(payments, keyOfPayment)) {
    const found = byAmount.get(key);
    if (found) shelves.set(key, shelfOf(found, logged));
  }
  return shelves;
}

function firstOf(rows: readonly FileRow[]): FileRow {
  return rows[0] as FileRow;
}

function rowsByAmount(rows: readonly FileRow[]): Map<string, FileRow[]> {
  const single = rows.filter((row) => row.date !== null && row.amount_cents !== null && itemsOf(row) <= 1);
  const index = groupBy(single, ({ currency, method, amount_cents }) => keyOf(currency, method, amount_cents ?? 0));
  for (const found of index.values()) found.sort((a, b) => byTime(a.date ?? "", b.date ?? ""));
  return index;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function keyOfPayment({ kind, currency, method, amount_cents }: MatchedPayment): string {
  return keyOf(currency, method, kind === "refund" ? -amount_cents : amount_cents);
}

function keyOf(currency: string, method: string, cents: number): string {
  // What is logged as another way is a transfer to the bank.
  return `${currency} ${method === "other" ? "bank_transfer" : method} ${cents}`;
}

function fitsOf(payment: MatchedPayment, shelves: ReadonlyMap<string, Shelf>, timezone: string): Fit[] {
  const shelf = shelves.get(keyOfPayment(payment));
  if (!shelf) return [];
  const day = dayOf(payment, timezone);
  const [from, before] = [EARLIEST_DAYS, LATEST_DAYS + 1].map((days) =>
    firstAt(shelf.places, daysLater(day, days), (rows) => firstOf(rows).date ?? ""),
  );
  const found: Fit[] = [];
  let [date, days] = ["", 0];
  for (const place of placesFor(shelf, payment, from ?? 0, before ?? 0)) {
    const row = firstOf(shelf.places[place] ?? []);
    // Many rows are of one day.
    if (row.date !== date) [date, days] = [row.date ?? "", daysFrom(day, row)];
    const fit = fitOf(payment, row, days);
    if (fit) found.push(fit);
  }
  return found.sort((a, b) => distance(a) - distance(b) || byTime(a.row.date ?? "", b.row.date ?? ""));
}

/** How many checks a deposit has, where the bank says so; else 0. */
export function itemsOf(row: FileRow): number {
  return Number(/\b(\d{1,3}) (?:items|checks)\b/i.exec(row.text)?.[1] ?? 0);
}

function hasRoom({ alike, holders }: Places, row: FileRow): boolean {
  return (holders.get(row)?.length ?? 0) < (alike.get(row)?.length ?? 0);
}

function take({ fits, holders }: Places, fit: Fit): void {
  fits.set(fit.payment, fit);
  const own = holders.get(fit.row);
  if (own) own.push(fit.payment);
  else holders.set(fit.row, [fit.payment]);
}

function leave({ holders }: Places, row: FileRow, payment: MatchedPayment): void {
  const own = holders.get(row) ?? [];
  own.splice(own.indexOf(payment), 1);
}

/** Those whose words agree first, then the nearest in time: who paid today is today's, though another one waits longer. */
function takeBest(open: Open, places: Places): void {
  for (const fit of [...open.values()].flat().sort(byWordsThenTime)) {
    if (!places.fits.has(fit.payment) && hasRoom(places, fit.row)) take(places, fit);
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
function takeByMoving(open: Open, places: Places): void {
  /** From here nothing leads to a row with room, and nothing will: who holds these fits no other. */
  const full = new Set<FileRow>();
  const move = (payment: MatchedPayment, seen: Set<FileRow>): boolean => {
    for (const fit of open.get(payment) ?? []) {
      if (seen.has(fit.row) || full.has(fit.row)) continue;
      if (seen.size > MOST_MOVES) return false;
      seen.add(fit.row);
      if (!hasRoom(places, fit.row)) {
        const holder = places.holders.get(fit.row)?.find((other) => open.has(other) && move(other, seen));
        if (!holder) continue;
        leave(places, fit.row, holder);
      }
      take(places, fit);
      return true;
    }
    return false;
  };
  const waiting = [...open.keys()].filter((payment) => !places.fits.has(payment));
  for (const payment of waiting.sort((a, b) => byTime(a.received_at, b.received_at))) {
    const seen = new Set<FileRow>();
    if (!move(payment, seen) && seen.size <= MOST_MOVES) for (const row of seen) full.add(row);
  }
}

/** Of two payments that fit two rows either way the earlier gets the earlier one: people pay in turn. */
function uncross(open: Open, places: Places): void {
  const placed = [...open.keys()].filter((payment) => places.fits.has(payment));
  for (const group of byAmount(placed)) {
    const fits = group.map((payment) => places.fits.get(payment) as Fit);
    for (let earlier = 0; earlier < fits.length; earlier++) {
      for (let later = earlier + 1; later < fits.length; later++) {
        const [first, second] = [fits[earlier] as Fit, fits[later] as Fit];
        if ((first.row.date ?? "") <= (second.row.date ?? "")) continue;
        const [before, after] = exchanged(first, second, open) ?? [];
        if (!before || !after) continue;
        for (const fit of [first, second]) leave(places, fit.row, fit.payment);
        for (const fit of [before, after]) take(places, fit);
        [fits[earlier], fits[later]] = [before, after];
      }
    }
  }
}

/** Oldest first. */
function byAmount(payments: readonly MatchedPayment[]): Iterable<MatchedPayment[]> {
  const sorted = payments.toSorted((a, b) => byTime(a.received_at, b.received_at));
  return groupBy(sorted, keyOfPayment).values();
}

/** The fits of two payments with each other's rows; null when one fits only its own, or they agree less. */
function exchanged(first: Fit, second: Fit, open: Open): [Fit, Fit] | null {
  const before = open.get(first.payment)?.find(({ row }) => row === second.row);
  const after = open.get(second.payment)?.find(({ row }) => row === first.row);
  if (!before || !after || before.hints + after.hints < first.hints + second.hints) return null;
  return [before, after];
}

/** Of rows that are alike the first is of the earliest payment. */
function rowsOf({ alike, holders }: Places): Map<MatchedPayment, FileRow> {
  const found = new Map<MatchedPayment, FileRow>();
  for (const [first, payments] of holders) {
    const rows = alike.get(first) ?? [];
    payments.sort((a, b) => byTime(a.received_at, b.received_at));
    for (const [at, payment] of payments.entries()) found.set(payment, rows[at] as FileRow);
  }
  return found;
}
