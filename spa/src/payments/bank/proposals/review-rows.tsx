import type { ComponentChildren } from "preact";
import type { ListedPayment } from "../../../data/contract";
import { href } from "../../../lib/browser/router";
import { nowMs, operatorTimezone } from "../../../lib/clock";
import { formatMoney } from "../../../lib/money";
import { Button } from "../../../ui/button";
import { age } from "../clearing";
import { type Sureness, surenessNames } from "../matching/proposal";
import { formatNames } from "../statement-file/rows";
import type { Choice, ReviewedProposal, SourceRow } from "./review";
import { paymentDetail, paymentText, rowName, rowText, shortDay } from "./row-text";

/** What a person decides about a row. */
export interface Acts {
  clear(choices: readonly Choice[]): void;
  bounce(choice: Choice): void;
  reject(choice: Choice): void;
  choose(choices: readonly Choice[]): void;
  logAs(row: SourceRow): void;
  notOurs(row: SourceRow): void;
}

/** What else fits is all in the dialog. */
const MOST_OTHERS = 2;
/** How many columns the table has. */
export const COLUMNS = 4;
const tones: Record<Sureness, string> = { sure: "good", likely: "part", "two-fit": "part" };

interface ProposedProps {
  proposal: ReviewedProposal;
  failure: string | undefined;
  busy: boolean;
  acts: Acts;
}

/** A row of the bank beside the payments that it is likely to be. */
export function ProposedRow({ proposal, failure, busy, acts }: ProposedProps) {
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
          <Logged key={payment.payment_id} payment={payment} />
        ))}
        {[...otherPayments.map(paymentText), ...otherRows.map(rowText)].slice(0, MOST_OTHERS).map((other) => (
          <p key={other} class="bank-other">
            or {other}
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

/** A row of the bank that no payment fits. */
export function LoneRow({ row, text, equals, isIncome, failure, busy, acts }: LoneProps) {
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
  const detail = row.counterparty === "" ? "" : row.reference;
  return (
    <>
      <tr class="bank-row">
        <td>
          <p class="bank-pair">
            <strong title={row.text}>{rowName(row)}</strong>
            <strong class="bank-amount">
              {row.amount_cents === null ? "No amount" : formatMoney(row.amount_cents, row.currency)}
            </strong>
          </p>
          <p class="bank-detail">{[shortDay(row.date), formatNames[row.source], detail].filter(Boolean).join(", ")}</p>
        </td>
        <Fit text={sureness} tone={tone} reason={reason} />
        {children}
      </tr>
      {failure && (
        <tr>
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

function Fit({ text, tone, reason }: { text: string; tone: string; reason: string }) {
  return (
    <td class="bank-sure">
      <strong class={`tone-${tone}`}>{text}</strong> {reason && <small>{reason}</small>}
    </td>
  );
}

function Logged({ payment }: { payment: ListedPayment }) {
  return (
    <>
      <p class="bank-pair">
        <strong>{payment.payer || "No name"}</strong>
        <span class="bank-amount">{formatMoney(payment.amount_cents, payment.currency)}</span>
      </p>
      <p class="bank-detail">
        <a href={href(`/events/${payment.event_id}`)}>{paymentDetail(payment)}</a>
      </p>
    </>
  );
}

/** A payment that waits and that no row of the files is. */
export function MissingRow({ payment }: { payment: ListedPayment }) {
  const { text, late } = age(payment, new Date(nowMs()), operatorTimezone());
  return (
    <tr class="bank-row bank-missing">
      <td class="bank-none" />
      <Fit text={text} tone={late ? "due" : "calm"} reason="" />
      <td class="bank-ledger">
        <Logged payment={payment} />
      </td>
      <td class="bank-none" />
    </tr>
  );
}
