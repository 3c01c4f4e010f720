import { formatMoney } from "../../lib/money";
import { distinctRows } from "./matching/distinct";
import type { MatchedPayment } from "./matching/fit";
import { type Proposal, surenessNames } from "./matching/proposal";
import { propose } from "./matching/propose";
import { readStatement, type Statement } from "./statement-file/read";
import type { BankRow } from "./statement-file/rows";

interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/** A payment as the file of what is to clear has it; what it leaves out is as for most payments. */
type GivenPayment = Partial<MatchedPayment> &
  Pick<MatchedPayment, "payment_id" | "method" | "amount_cents" | "received_at">;

const NEEDED = "lacks a payment_id, a method, whole amount_cents or the time received_at";

/**
 * The rows of bank files and what they say about the payments that wait to clear, as the command prints them. `toClear`
 * is a list of payments, or an object that has one under `payments` or `open_payments`.
 */
export function report(files: readonly NamedFile[], toClear: unknown, timezone: string, currency: string) {
  const statements = files.map(({ name, bytes }) => ({ name, statement: readStatement(bytes, currency) }));
  const given = givenPayments(toClear);
  const payments = given.map((payment) => withDefaults(payment, currency));
  const rows = distinctRows(
    statements.map(({ name, statement }) =>
      statement.rows.map((row) => ({ ...row, file: name, source: statement.format })),
    ),
  );
  const { proposals, unmatched } = propose(rows, payments, timezone);
  const proposalOf = new Map(proposals.flatMap((found) => found.payments.map((payment) => [payment, found] as const)));
  return {
    files: Object.fromEntries(statements.map(({ name, statement }) => [name, fileReport(statement)])),
    open_payments: given.map((payment, index) => {
      const proposal = proposalOf.get(payments[index] as MatchedPayment);
      return { ...payment, match: proposal ? matchOf(proposal) : null, why: whyOf(proposal) };
    }),
    credits_without_payment: unmatched.map(({ file, row_id }) => ({ file, row_id })),
  };
}

function givenPayments(toClear: unknown): GivenPayment[] {
  const { payments, open_payments } = (toClear ?? {}) as { payments?: unknown; open_payments?: unknown };
  const list = Array.isArray(toClear) ? toClear : (payments ?? open_payments);
  if (!Array.isArray(list)) throw new Error("What is to clear is no list of payments.");
  const wrong = list.findIndex((payment) => !isPayment(payment));
  if (wrong >= 0) throw new Error(`Number ${wrong + 1} of what is to clear ${NEEDED}.`);
  return list;
}

function isPayment(given: unknown): given is GivenPayment {
  const { payment_id, method, amount_cents, received_at } = (given ?? {}) as Partial<GivenPayment>;
  const isNamed = typeof payment_id === "string" && typeof method === "string";
  return isNamed && Number.isSafeInteger(amount_cents) && !Number.isNaN(Date.parse(String(received_at)));
}

function withDefaults(payment: GivenPayment, currency: string): MatchedPayment {
  const usual = { kind: "balance", currency, payer: "", reference: "", note: "", status: "received", charter: "" };
  return { ...usual, ...payment } as MatchedPayment;
}

function fileReport({ format, encoding, currency, opening_cents, closing_cents, difference_cents, rows }: Statement) {
  const differs = difference_cents !== null && difference_cents !== 0;
  return {
    format,
    encoding,
    currency,
    opening_cents,
    closing_cents,
    balances_agree: difference_cents === null ? null : !differs,
    ...(differs ? { difference_cents } : {}),
    rows: rows.map((row) => rowReport(row, currency)),
  };
}

function rowReport(row: BankRow, file_currency: string) {
  const { row_id, date, amount_cents, counterparty, reference, kind, fee_cents, outside_balance, currency } = row;
  return {
    row_id,
    date,
    amount_cents,
    counterparty,
    reference,
    kind,
    ...(fee_cents === undefined ? {} : { fee_cents }),
    ...(outside_balance ? { outside_balance } : {}),
    ...(currency === file_currency ? {} : { currency }),
  };
}

function matchOf({ act, row, deposits }: Proposal) {
  const match = { file: row.file, row_ids: [row.row_id], act };
  return act === "clear" ? match : { ...match, deposit_row_ids: deposits.map(({ row_id }) => row_id) };
}

function whyOf(proposal: Proposal | undefined): string {
  if (!proposal) return "No row fits.";
  const { sureness, reason, payments } = proposal;
  const amounts = payments.map(({ amount_cents, currency }) => formatMoney(amount_cents, currency)).join(" + ");
  return `${surenessNames[sureness]}: ${reason}${payments.length > 1 ? `: ${amounts}` : ""}`;
}
