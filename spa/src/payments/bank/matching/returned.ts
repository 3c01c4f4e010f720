import { methods } from "../../../data/limits";
import { daysLater } from "../../../lib/periods";
import { dayOf, daysFrom, EARLIEST_DAYS, type FileRow, type Fit, fitOf, LATEST_DAYS, type MatchedPayment } from "./fit";
import { byTime, firstAt } from "./in-order";
import type { Proposal } from "./proposal";

/** A check's number or a name tells also after weeks. */
export const LATEST_NAMED_DAYS = 60;
/** Without either: so many days after the deposit, which the file then has to show. */
const LATEST_AFTER_DEPOSIT_DAYS = 10;

interface Dated {
  payment: MatchedPayment;
  day: string;
}

interface Candidate extends Fit {
  deposits: readonly FileRow[];
}

/** For each returned item the payment that the bank took back. */
export function matchReturned(
  rows: readonly FileRow[],
  payments: readonly MatchedPayment[],
  clears: readonly Proposal[],
  timezone: string,
): Proposal[] {
  const returned = rows.filter(({ kind }) => kind === "returned");
  if (returned.length === 0) return [];
  const clearOf = new Map(clears.flatMap((clear) => clear.payments.map((payment) => [payment, clear.row] as const)));
  const deposits = unusedDeposits(rows, clears);
  const dated = payments.map((payment) => ({ payment, day: dayOf(payment, timezone) }));
  const placed = new Set<MatchedPayment>();
  const found: Proposal[] = [];
  for (const row of returned.sort((a, b) => byTime(a.date ?? "", b.date ?? ""))) {
    // Looked at once, whatever the number of payments: see `fitOf`.
    const nameless = { ...row, counterparty: "" };
    const candidates = dated
      .filter(({ payment }) => !placed.has(payment) && isTakenBack(payment, row))
      .flatMap((one) => candidateOf(one, row, nameless, clearOf.get(one.payment), deposits) ?? [])
      .sort((a, b) => b.strength - a.strength || b.deposits.length - a.deposits.length || a.days - b.days);
    const [best] = candidates;
    if (!best) continue;
    placed.add(best.payment);
    for (const deposit of best.deposits) deposits.used.add(deposit);
    found.push(
      asProposal(
        best,
        candidates.filter((other) => other !== best && other.strength === best.strength),
      ),
    );
  }
  return found;
}

/** Deposits that clear no payment, by method and amount, the earliest first. */
interface Deposits {
  byAmount: ReadonlyMap<string, readonly FileRow[]>;
  used: Set<FileRow>;
}

function unusedDeposits(rows: readonly FileRow[], clears: readonly Proposal[]): Deposits {
  const used = new Set(clears.map(({ row }) => row));
  const byAmount = new Map<string, FileRow[]>();
  // Of one day the first of the file comes last, where it is found first.
  for (const row of rows.toReversed()) {
    if (row.kind !== "credit" || row.date === null) continue;
    const found = byAmount.get(amountKey(row));
    if (found) found.push(row);
    else byAmount.set(amountKey(row), [row]);
  }
  for (const found of byAmount.values()) found.sort((a, b) => byTime(dateOf(a), dateOf(b)));
  return { byAmount, used };
}

function amountKey({ method, amount_cents }: FileRow | MatchedPayment): string {
  return `${method} ${amount_cents}`;
}

function isTakenBack({ kind, method, amount_cents, currency }: MatchedPayment, row: FileRow): boolean {
  // A bank that says only "returned item" most often means a check.
  const isOfMethod = method === row.method || (row.method === "bank_transfer" && ["check", "other"].includes(method));
  return (
    kind !== "refund" &&
    methods[method].can_bounce &&
    isOfMethod &&
    currency === row.currency &&
    amount_cents === -(row.amount_cents ?? 0)
  );
}

function candidateOf(
  { payment, day }: Dated,
  row: FileRow,
  nameless: FileRow,
  cleared: FileRow | undefined,
  deposits: Deposits,
): Candidate | null {
  const days = daysFrom(day, row);
  if (!(days >= EARLIEST_DAYS && days <= LATEST_NAMED_DAYS)) return null;
  const fit = fitOf(payment, nameless, days);
  if (!fit) return null;
  const deposit = cleared ?? depositOf(payment, day, row, deposits);
  const since_deposit = deposit ? daysFrom(deposit.date ?? "", row) : Number.NaN;
  const isSoon = since_deposit >= 0 && since_deposit <= LATEST_AFTER_DEPOSIT_DAYS;
  if (fit.strength < 3 && !isSoon && days > LATEST_DAYS) return null;
  return { ...fit, row, deposits: deposit && since_deposit >= 0 ? [deposit] : [] };
}

/** The latest credit of the amount between the receipt and the return. */
function depositOf(
  payment: MatchedPayment,
  day: string,
  row: FileRow,
  { byAmount, used }: Deposits,
): FileRow | undefined {
  const credits = byAmount.get(amountKey(payment)) ?? [];
  const [first, latest] = [daysLater(day, EARLIEST_DAYS), daysLater(day, LATEST_DAYS)];
  const [last = latest] = [dateOf(row), latest].sort();
  for (let at = firstAt(credits, daysLater(last, 1), dateOf) - 1; at >= 0; at--) {
    const deposit = credits[at] as FileRow;
    if (dateOf(deposit) < first) return undefined;
    if (!used.has(deposit)) return deposit;
  }
  return undefined;
}

function dateOf({ date }: FileRow): string {
  return date ?? "";
}

function asProposal({ payment, row, strength, reason, deposits }: Candidate, rivals: readonly Candidate[]): Proposal {
  const unique = rivals.length === 0;
  return {
    act: "bounce",
    row,
    payments: [payment],
    sureness: !unique ? "two-fit" : strength === 3 ? "sure" : "likely",
    reason: unique ? `the bank took it back: ${reason}` : "more than one payment fits",
    otherPayments: rivals.map(({ payment }) => payment),
    otherRows: [],
    deposits,
  };
}
