import type { ListedPayment } from "../../../data/contract";
import { distinctRows, type Keyed, type SourcedRow } from "../matching/distinct";
import type { FileRow } from "../matching/fit";
import type { Proposal } from "../matching/proposal";
import { propose } from "../matching/propose";
import type { Statement } from "../statement-file/read";

/** A file that was read on this device. */
export interface ReadFile {
  name: string;
  sha256: string;
  bytes: Uint8Array;
  statement: Statement;
}

/** A row of one of the files, under a name that is the same in every file of its bank. */
export interface SourceRow extends FileRow, SourcedRow, Keyed {
  file_sha256: string;
}

/** A row, the payments that it clears or takes back, and for a bounce the deposit that is taken back. */
export interface Choice {
  row: SourceRow;
  payments: readonly ListedPayment[];
  deposits?: readonly SourceRow[];
}

export interface ReviewedProposal extends Proposal {
  row: SourceRow;
  payments: readonly ListedPayment[];
  otherPayments: readonly ListedPayment[];
  otherRows: readonly SourceRow[];
  deposits: readonly SourceRow[];
}

export interface Review {
  proposals: ReviewedProposal[];
  /** Income that no payment fits, cleared or not. */
  unmatched: SourceRow[];
  /** Returned items that no payment fits. */
  returned: SourceRow[];
  /** Payments that wait and that no row fits. */
  missing: ListedPayment[];
  /** Of which the amount or the date could not be read. */
  unreadable: SourceRow[];
  pending: SourceRow[];
  /** Rows that an earlier file, this device or another one has dealt with. */
  known: number;
  /** Rows whose payment was marked as cleared without a file. */
  cleared: number;
}

/** What has been said about rows. */
export interface Decisions {
  /** Keys of rows that are done with: cleared, bounced, not ours. */
  done: ReadonlySet<string>;
  /** Payments that a person has said are not a row's, by the row's key. */
  rejected: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The rows of all files, each once. */
export function rowsOf(files: readonly ReadFile[]): SourceRow[] {
  return distinctRows(
    files.map(({ name, sha256, statement }) =>
      statement.rows.map((row) => ({ ...row, file: name, source: statement.format, file_sha256: sha256 })),
    ),
  );
}

/** What the files say about the payments. Pure: the same files and decisions give the same proposals. */
export function review(
  rows: readonly SourceRow[],
  payments: readonly ListedPayment[],
  { done, rejected }: Decisions,
  timezone: string,
): Review {
  const left = rows.filter(({ key }) => !done.has(key)).map((row) => withRejected(row, rejected.get(row.key)));
  // What is proposed are the rows and payments that went in.
  const found = propose(left, payments, timezone) as Pick<Review, "proposals" | "unmatched" | "returned" | "missing">;
  const { unmatched } = found;
  const cleared = clearedBefore(unmatched, payments, timezone);
  return {
    ...found,
    unmatched: unmatched.filter((row) => !cleared.has(row)),
    unreadable: left.filter(({ kind }) => kind === "unreadable"),
    pending: left.filter(({ kind }) => kind === "pending"),
    known: rows.length - left.length,
    cleared: cleared.size,
  };
}

function withRejected(row: SourceRow, rejected: ReadonlySet<string> | undefined): SourceRow {
  return rejected ? { ...row, rejected } : row;
}

/** Income whose payment is cleared already, surely: by hand, or on receipt as cards are. */
function clearedBefore(rows: readonly SourceRow[], payments: readonly ListedPayment[], timezone: string) {
  const cleared = payments
    .filter(({ status, clearance }) => status === "cleared" && !clearance?.evidence)
    .map((payment) => ({ ...payment, status: "received" as const }));
  const { proposals } = propose(rows, cleared, timezone);
  return new Set<FileRow>(proposals.filter(({ sureness }) => sureness === "sure").map(({ row }) => row));
}
