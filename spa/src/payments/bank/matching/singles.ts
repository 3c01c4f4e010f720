import { daysLater } from "../../../lib/periods";
import { groupAlike, vocabularyOf } from "./alike";
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
  const groups = groupsByAmount(payments, rows);
  const alike = new Map([...groups.values()].flat().map((group) => [group[0] as FileRow, group] as const));
  const firsts = new Map([...groups].map(([key, found]) => [key, found.map(([first]) => first as FileRow)] as const));
  const all = new Map(payments.map((payment) => [payment, fitsOf(payment, firsts, timezone)]));
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

function groupsByAmount(payments: readonly MatchedPayment[], rows: readonly FileRow[]): Map<string, FileRow[][]> {
  const vocabulary = vocabularyOf(payments);
  return new Map([...rowsByAmount(rows)].map(([key, found]) => [key, groupAlike(found, vocabulary)] as const));
}

function rowsByAmount(rows: readonly FileRow[]): Map<string, FileRow[]> {
  const index = new Map<string, FileRow[]>();
  for (const row of rows) {
    if (row.date === null || row.amount_cents === null || itemsOf(row) > 1) continue;
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
    const fit = fitOf(payment, row, daysFrom(day, row));
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
function byAmount(payments: readonly MatchedPayment[]): MatchedPayment[][] {
  const groups = new Map<string, MatchedPayment[]>();
  for (const payment of payments.toSorted((a, b) => byTime(a.received_at, b.received_at))) {
    const key = keyOf(payment.currency, payment.method, payment.amount_cents);
    const group = groups.get(key);
    if (group) group.push(payment);
    else groups.set(key, [payment]);
  }
  return [...groups.values()];
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
