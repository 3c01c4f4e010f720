import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ListedPayment } from "../../../data/contract";
import { Button } from "../../../ui/button";
import { TableHead } from "../../table-head";
import { sumText } from "../clearing";
import type { Review, ReviewedProposal, SourceRow } from "./review";
import { type Acts, COLUMNS, LoneRow, MissingRow, ProposedRow } from "./review-rows";
import "./bank.css";

interface Props {
  review: Review;
  /** All that is known, to choose from by hand. */
  payments: readonly ListedPayment[];
  failures: ReadonlyMap<string, string>;
  busy: boolean;
  acts: Acts;
}

const AT_ONCE = 100;

/** Rows of the bank beside the payments that they are, the surest first. */
export function ReviewTable({ review, payments, failures, busy, acts }: Props) {
  const bounces = review.proposals.filter(({ act }) => act === "bounce");
  const clears = review.proposals.filter(({ act }) => act === "clear");
  const sure = clears.filter(({ sureness }) => sureness === "sure");
  const look = clears.filter(({ sureness }) => sureness !== "sure");
  const open = payments.filter(({ status }) => status === "received");
  const proposed = (proposal: ReviewedProposal) => (
    <ProposedRow
      key={proposal.row.key}
      proposal={proposal}
      failure={failures.get(proposal.row.key)}
      busy={busy}
      acts={acts}
    />
  );
  const alone = (text: string, isIncome: boolean) => (row: SourceRow) => (
    <LoneRow
      key={row.key}
      row={row}
      text={text}
      equals={isIncome ? open.filter((payment) => isEqual(payment, row)) : []}
      isIncome={isIncome}
      failure={failures.get(row.key)}
      busy={busy}
      acts={acts}
    />
  );
  return (
    <table class="bank-table">
      <TableHead names={["At the bank", "How sure", "In the ledger", { name: "What to do", hidden: true }]} />
      <Group title="Sure" about="Amount, name and date agree." sum={sumOf(sure)} rows={sure} show={proposed}>
        <Button class="primary" disabled={busy} onClick={() => acts.clear(sure)}>
          {sure.length === 1 ? "Clear this one" : `Clear these ${sure.length}`}
        </Button>
      </Group>
      <Group
        title="Look first"
        about="Something agrees, something does not."
        sum={sumOf(look)}
        rows={look}
        show={proposed}
      />
      <Group title="Taken back by the bank" sum={sumOf(bounces)} rows={bounces} show={proposed} />
      <Group title="Taken back, no payment fits" rows={review.returned} show={alone("No payment fits", false)} />
      <Group
        title="At the bank, not logged"
        sum={sumText(review.unmatched.map(asMoney))}
        rows={review.unmatched}
        show={alone("No payment fits", true)}
      />
      <Group
        title="In the ledger, not at the bank"
        about="They stand in the list below."
        sum={sumText(review.missing)}
        rows={review.missing}
        show={(payment) => <MissingRow key={payment.payment_id} payment={payment} />}
      />
      <Group
        title="Could not be read"
        about="Look these up at the bank."
        rows={review.unreadable}
        show={alone("Unreadable", false)}
      />
      <Group
        title="Pending or failed"
        about="What is pending comes again."
        rows={review.pending}
        show={alone("Not there yet", false)}
      />
    </table>
  );
}

function sumOf(proposals: readonly ReviewedProposal[]): string {
  return sumText(proposals.flatMap(({ payments }) => payments));
}

function asMoney({ amount_cents, currency }: SourceRow) {
  return { amount_cents: amount_cents ?? 0, currency, kind: "balance" as const };
}

function isEqual({ amount_cents, currency, kind }: ListedPayment, row: SourceRow): boolean {
  return kind !== "refund" && amount_cents === row.amount_cents && currency === row.currency;
}

interface GroupProps<Row> {
  title: string;
  about?: string;
  /** What they come to. */
  sum?: string;
  rows: readonly Row[];
  show(row: Row): ComponentChildren;
  children?: ComponentChildren;
}

function Group<Row>({ title, about, sum, rows, show, children }: GroupProps<Row>) {
  const [shown, setShown] = useState(AT_ONCE);
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr class="bank-group">
        <th scope="rowgroup" colSpan={COLUMNS}>
          <span class="bank-group-head">
            <span>
              {title}, {rows.length}
              {sum && <span class="bank-amount">: {sum}</span>} <small>{about}</small>
            </span>
            {children}
          </span>
        </th>
      </tr>
      {rows.slice(0, shown).map(show)}
      {rows.length > shown && (
        <tr class="bank-more">
          <td colSpan={COLUMNS}>
            <Button onClick={() => setShown(shown + AT_ONCE)}>Show more of {rows.length}</Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}
