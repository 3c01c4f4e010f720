import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ListedPayment } from "../../../data/contract";
import { formatMoney } from "../../../lib/money";
import { href } from "../../../lib/router";
import { Button } from "../../../ui/button";
import type { Sureness } from "../matching/proposal";
import { formatNames } from "../statement-file/rows";
import type { Choice, Review, ReviewedProposal, SourceRow } from "./review";
import { paymentDetail, rowName, shortDay } from "./row-text";
import "./bank.css";

/** What a person decides about a row. */
export interface Acts {
  clear(choices: readonly Choice[]): void;
  bounce(choice: Choice): void;
  reject(choice: Choice): void;
  choose(choices: readonly Choice[]): void;
  logAs(row: SourceRow): void;
  notOurs(row: SourceRow): void;
}

interface Props {
  review: Review;
  /** All that is known, to choose from by hand. */
  payments: readonly ListedPayment[];
  failures: ReadonlyMap<string, string>;
  busy: boolean;
  acts: Acts;
}

const COLUMNS = 5;
const AT_ONCE = 100;
const surenessNames: Record<Sureness, string> = { sure: "Sure", likely: "Likely", "two-fit": "Two fit" };
const tones: Record<Sureness, string> = { sure: "good", likely: "part", "two-fit": "part" };

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
      <thead>
        <tr>
          <th scope="col">Date</th>
          <th scope="col">At the bank</th>
          <th scope="col">How sure</th>
          <th scope="col">In the ledger</th>
          <th scope="col">
            <span class="visually-hidden">What to do</span>
          </th>
        </tr>
      </thead>
      <Group title="Sure" about="Amount, name and date agree." rows={sure} show={proposed}>
        <Button class="primary" disabled={busy} onClick={() => acts.clear(sure)}>
          {sure.length === 1 ? "Clear this one" : `Clear these ${sure.length}`}
        </Button>
      </Group>
      <Group title="Look first" about="Something agrees, something does not." rows={look} show={proposed} />
      <Group title="Taken back by the bank" rows={bounces} show={proposed} />
      <Group title="Taken back, no payment fits" rows={review.returned} show={alone("No payment fits", false)} />
      <Group title="At the bank, not logged" rows={review.unmatched} show={alone("No payment fits", true)} />
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

function isEqual({ amount_cents, currency, kind }: ListedPayment, row: SourceRow): boolean {
  return kind !== "refund" && amount_cents === row.amount_cents && currency === row.currency;
}

interface GroupProps<Row> {
  title: string;
  about?: string;
  rows: readonly Row[];
  show(row: Row): ComponentChildren;
  children?: ComponentChildren;
}

function Group<Row>({ title, about, rows, show, children }: GroupProps<Row>) {
  const [shown, setShown] = useState(AT_ONCE);
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr class="bank-group">
        <th scope="rowgroup" colSpan={COLUMNS}>
          <span class="bank-group-head">
            <span>
              {title}, {rows.length} <small>{about}</small>
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

interface ProposedProps {
  proposal: ReviewedProposal;
  failure: string | undefined;
  busy: boolean;
  acts: Acts;
}

function ProposedRow({ proposal, failure, busy, acts }: ProposedProps) {
  const { row, act, payments, sureness, reason, deposits, otherPayments, otherRows } = proposal;
  const what = payments
    .map(({ payer, amount_cents, currency }) => `${formatMoney(amount_cents, currency)} of ${payer}`)
    .join(", ");
  const choices = [
    { row, payments },
    ...otherPayments.map((payment) => ({ row, payments: [payment] })),
    ...otherRows.map((other) => ({ row: other, payments })),
  ];
  return (
    <Row
      row={row}
      failure={failure}
      sureness={surenessNames[sureness]}
      tone={tones[sureness]}
      reason={sureness === "sure" ? "" : reason}
    >
      <td class="bank-ledger">
        {payments.map((payment) => (
          <p key={payment.payment_id} class="bank-pair">
            <span>
              <strong>{payment.payer || "No name"}</strong>{" "}
              <a href={href(`/events/${payment.event_id}`)}>{paymentDetail(payment)}</a>
            </span>
            {payments.length > 1 && (
              <span class="bank-amount">{formatMoney(payment.amount_cents, payment.currency)}</span>
            )}
          </p>
        ))}
      </td>
      <td class="bank-acts">
        <Button
          class="quiet"
          disabled={busy}
          aria-label={`Not it: ${what}`}
          onClick={() => acts.reject({ row, payments })}
        >
          Not it
        </Button>
        {act === "bounce" ? (
          <Button
            disabled={busy}
            aria-label={`Bounced… ${what}`}
            onClick={() => acts.bounce({ row, payments, deposits })}
          >
            Bounced…
          </Button>
        ) : choices.length > 1 ? (
          <Button disabled={busy} aria-label={`Choose… ${what}`} onClick={() => acts.choose(choices)}>
            Choose…
          </Button>
        ) : (
          <Button disabled={busy} aria-label={`Clear ${what}`} onClick={() => acts.clear([{ row, payments }])}>
            {payments.length > 1 ? `Clear ${payments.length}` : "Clear"}
          </Button>
        )}
      </td>
    </Row>
  );
}

interface LoneProps {
  row: SourceRow;
  text: string;
  /** Payments of the same amount, whoever they are of. */
  equals: readonly ListedPayment[];
  isIncome: boolean;
  failure: string | undefined;
  busy: boolean;
  acts: Acts;
}

function LoneRow({ row, text, equals, isIncome, failure, busy, acts }: LoneProps) {
  const name = rowName(row);
  const isKept = row.kind !== "pending";
  return (
    <Row row={row} failure={failure} sureness={text} tone="calm" reason="">
      <td class="bank-ledger bank-none" />
      <td class="bank-acts">
        {isKept && (
          <Button class="quiet" disabled={busy} aria-label={`Not ours: ${name}`} onClick={() => acts.notOurs(row)}>
            Not ours
          </Button>
        )}
        {equals.length > 0 && (
          <Button
            disabled={busy}
            aria-label={`Choose a payment for ${name}`}
            onClick={() => acts.choose(equals.map((payment) => ({ row, payments: [payment] })))}
          >
            Choose…
          </Button>
        )}
        {isIncome && (
          <Button disabled={busy} aria-label={`Log as… ${name}`} onClick={() => acts.logAs(row)}>
            Log as…
          </Button>
        )}
      </td>
    </Row>
  );
}

interface RowProps {
  row: SourceRow;
  failure: string | undefined;
  sureness: string;
  tone: string;
  reason: string;
  children: ComponentChildren;
}

function Row({ row, failure, sureness, tone, reason, children }: RowProps) {
  const name = rowName(row);
  const detail = row.counterparty === "" ? "" : row.reference;
  return (
    <>
      <tr class="bank-row">
        <td class="bank-date">{shortDay(row.date)}</td>
        <td>
          <p class="bank-pair">
            <span title={row.text}>
              <strong>{name}</strong> <small>{[formatNames[row.source], detail].filter(Boolean).join(", ")}</small>
            </span>
            <strong class="bank-amount">
              {row.amount_cents === null ? "No amount" : formatMoney(row.amount_cents, row.currency)}
            </strong>
          </p>
        </td>
        <td class="bank-sure">
          <strong class={`tone-${tone}`}>{sureness}</strong> {reason && <small>{reason}</small>}
        </td>
        {children}
      </tr>
      {failure && (
        <tr class="bank-failure">
          <td colSpan={COLUMNS}>
            <p class="error" role="alert">
              Not cleared. {failure}
            </p>
          </td>
        </tr>
      )}
    </>
  );
}
