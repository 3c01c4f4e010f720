import type { FileRow, Fit, MatchedPayment } from "./fit";
import type { Proposal } from "./proposal";
import { matchReturned } from "./returned";
import { matchSingles, type Singles } from "./singles";
import { matchSums, type Sum } from "./together";

interface Proposals {
  proposals: Proposal[];
  /** Income that no payment fits. */
  unmatched: FileRow[];
  /** Returned items that no payment fits. */
  returned: FileRow[];
  /** Payments that no row fits. */
  missing: MatchedPayment[];
}

/**
 * What the bank's rows say about payments that wait to clear. Pure: it changes nothing, a person decides.
 *
 * `payments` may hold cleared ones too: the bank can still take them back. Only one currency meets at a time.
 */
export function propose(rows: readonly FileRow[], payments: readonly MatchedPayment[], timezone: string): Proposals {
  const open = payments.filter(({ status }) => status === "received");
  const moved = rows.filter(({ kind }) => kind === "credit" || kind === "debit");
  const singles = matchSingles(open, moved, timezone);
  const taken = new Set(singles.rowOf.values());
  const left = open.filter((payment) => !singles.fits.has(payment));
  const sums = matchSums(
    left,
    moved.filter((row) => row.kind === "credit" && !taken.has(row)),
    timezone,
  );
  const clears = [...singlesAsProposals(singles, sums), ...sums.map(sumAsProposal)];
  const bounces = matchReturned(rows, payments, clears, timezone);
  return without(clears, bounces, rows, open);
}

function singlesAsProposals({ rowOf, fits, all, alike }: Singles, sums: readonly Sum[]): Proposal[] {
  const taken = new Set([...rowOf.values(), ...sums.map(({ row }) => row)]);
  const left = new Map([...alike].map(([first, rows]) => [first, rows.filter((row) => !taken.has(row))] as const));
  const summed = new Set(sums.flatMap(({ payments }) => payments));
  const unplaced = new Map<FileRow, Fit[]>([...alike.keys()].map((first) => [first, []]));
  for (const [payment, others] of all) {
    if (fits.has(payment) || summed.has(payment)) continue;
    for (const fit of others) unplaced.get(fit.row)?.push(fit);
  }
  return [...fits.values()].map((fit) => {
    const isAsGood = (other: Fit) => other.strength === fit.strength && other.hints >= fit.hints;
    const rivals = (unplaced.get(fit.row) ?? []).filter(isAsGood).map(({ payment }) => payment);
    const otherRows = (all.get(fit.payment) ?? []).filter(isAsGood).flatMap(({ row }) => left.get(row) ?? []);
    return singleAsProposal({ ...fit, row: rowOf.get(fit.payment) ?? fit.row }, rivals, otherRows);
  });
}

function singleAsProposal(fit: Fit, otherPayments: MatchedPayment[], otherRows: FileRow[]): Proposal {
  const unique = otherPayments.length + otherRows.length === 0;
  const sureness = !unique ? "two-fit" : fit.strength === 3 ? "sure" : "likely";
  const twice = otherPayments.length > 0 ? "more than one payment fits" : "more than one row fits";
  return {
    act: "clear",
    row: fit.row,
    payments: [fit.payment],
    sureness,
    reason: unique ? fit.reason : twice,
    otherPayments,
    otherRows,
    deposits: [],
  };
}

function sumAsProposal({ row, payments, unique }: Sum): Proposal {
  return {
    act: "clear",
    row,
    payments,
    sureness: unique ? "likely" : "two-fit",
    reason: unique ? `${payments.length} add up` : "several sets add up",
    otherPayments: [],
    otherRows: [],
    deposits: [],
  };
}

/** Takes the bounced payments out of what clears, and says what is left over on both sides. */
function without(
  clears: readonly Proposal[],
  bounces: readonly Proposal[],
  rows: readonly FileRow[],
  open: readonly MatchedPayment[],
): Proposals {
  const bounced = new Set(bounces.flatMap(({ payments }) => payments));
  const stay = clears
    .map((proposal) => ({ ...proposal, payments: proposal.payments.filter((payment) => !bounced.has(payment)) }))
    .filter(({ payments }) => payments.length > 0);
  const proposals = [...stay, ...bounces];
  const used = new Set(proposals.flatMap(({ row, deposits }) => [row, ...deposits]));
  const placed = new Set(proposals.flatMap(({ payments }) => payments));
  const unused = rows.filter((row) => !used.has(row));
  return {
    proposals,
    unmatched: unused.filter(({ kind }) => kind === "credit"),
    returned: unused.filter(({ kind }) => kind === "returned"),
    missing: open.filter((payment) => !placed.has(payment)),
  };
}
