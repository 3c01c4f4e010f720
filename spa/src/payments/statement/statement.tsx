import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { keepAnswer, refresh } from "../../data/charters";
import type { Charter, Mail, Payment } from "../../data/contract";
import { bouncePayment, clearPayment, resendReceipt, voidPayment } from "../../data/later-api";
import { type LedgerRow, ledger, leftCents } from "../../data/ledger";
import { methods } from "../../data/limits";
import { href } from "../../lib/browser/router";
import { formatMoney } from "../../lib/money";
import { isolate } from "../../lib/names";
import { formatMoment } from "../../lib/time";
import { Button } from "../../ui/button";
import { ReasonDialog } from "../../ui/dialog/reason-dialog";
import { announce, announceFailure } from "../../ui/notices";
import { useTask } from "../../ui/task";
import { openPaymentDialog } from "../payment-dialog";
import { kindNames, refundOf } from "../payment-form";
import { CorrectDialog } from "./correct-dialog";
import { MoveDialog } from "./move-dialog";
import { payers } from "./payers";
import {
  amountText,
  balanceName,
  canBounce,
  chargeName,
  cleared,
  payerText,
  type Relation,
  receiptTexts,
  relations,
  signedAmount,
  undone,
} from "./statement-text";
import "../entry.css";
import "./statement.css";

/** What is asked about in a dialog. */
type Act = "correct" | "move" | "bounce" | "void";

/** The payments of a charter as a statement with a running balance. */
export function Statement({ charter, payments }: { charter: Charter; payments: readonly Payment[] }) {
  const [asking, setAsking] = useState<{ act: Act; payment: Payment } | null>(null);
  const close = () => setAsking(null);
  const { balance, currency } = charter;
  const rows = ledger(balance.charged_cents, payments);
  const paid = payers(payments);
  return (
    <>
      <p>
        <a class="button" href={href(`/events/${charter.event_id}/statement`)}>
          Print statement
        </a>
      </p>
      <ol class="statement">
        <li class="entry">
          <p class="entry-what">{chargeName(charter)}</p>
          <p class="entry-balance">{formatMoney(balance.charged_cents, currency)}</p>
        </li>
        {rows.map((row) => (
          <Entry
            key={row.payment.payment_id}
            charter={charter}
            payments={payments}
            row={row}
            onAsk={(act) => setAsking({ act, payment: row.payment })}
          />
        ))}
        <li class="entry entry-total">
          <p class="entry-what">
            {balanceName(charter)}
            {balance.balance_due_cents < 0 && charter.status !== "cancelled" && (
              <small>More came in than the fee. Give it back with a refund.</small>
            )}
            {balance.tips_cents > 0 && <small>Tips besides: {formatMoney(balance.tips_cents, currency)}</small>}
            {balance.uncleared_cents > 0 && <small>To clear: {formatMoney(balance.uncleared_cents, currency)}</small>}
          </p>
          <p class="entry-balance">{formatMoney(Math.abs(balance.balance_due_cents), currency)}</p>
        </li>
      </ol>
      {paid.length > 1 && (
        <p>
          Paid by{" "}
          {paid
            .map(({ payer, paid_cents }) => `${isolate(payer) || "others"} ${formatMoney(paid_cents, currency)}`)
            .join(", ")}
        </p>
      )}
      {asking?.act === "correct" && <CorrectDialog charter={charter} payment={asking.payment} onClose={close} />}
      {asking?.act === "move" && <MoveDialog charter={charter} payment={asking.payment} onClose={close} />}
      {(asking?.act === "void" || asking?.act === "bounce") && (
        <ReasonDialog
          {...dialogs[asking.act](amountText(asking.payment))}
          onClose={close}
          act={async (reason) => {
            const act = asking.act === "void" ? voidPayment : bouncePayment;
            keepAnswer(await act(asking.payment, reason));
            const done = asking.act === "void" ? "Voided" : "Marked as bounced";
            announce(`${done}: ${amountText(asking.payment)}.`);
          }}
        />
      )}
    </>
  );
}

const dialogs = {
  void: (payment: string) => ({
    title: "Void payment",
    explanation: `${payment} stays in the statement, struck through, and counts no more. Void it only if no money moved; money that went back is a refund.`,
    button: "Void payment",
  }),
  bounce: (payment: string) => ({
    title: "Payment bounced",
    explanation: `The bank took ${payment} back. It counts no more.`,
    button: "Mark as bounced",
  }),
};

interface EntryProps {
  charter: Charter;
  payments: readonly Payment[];
  row: LedgerRow;
  onAsk(act: Act): void;
}

function Entry({ charter, payments, row, onAsk }: EntryProps) {
  const { payment, live, balance_due_cents } = row;
  const { busy, run } = useTask("Not done.", announceFailure);
  const act = (work: () => Promise<unknown>, done: string) =>
    void run(async () => {
      await work();
      announce(done);
    });
  const amount = signedAmount(row);
  return (
    <li id={`payment-${payment.payment_id}`} class={`entry${live ? "" : " entry-dead"}`}>
      <div class="entry-what">
        <p>
          <strong>{live ? kindNames[payment.kind] : <s>{kindNames[payment.kind]}</s>}</strong>{" "}
          {methods[payment.method].name}
          {payment.reference && ` ${payment.reference}`}
        </p>
        <p class="entry-small">
          {formatMoment(payment.received_at, charter.timezone)}
          {payerText(payment)}
          {payment.recorded_by !== "admin" && `, logged by ${payment.recorded_by}`}
        </p>
        {live ? (
          <p class="entry-small">
            {cleared(payment, charter.timezone)}, <Receipt payment={payment} />
          </p>
        ) : (
          <p class="entry-small entry-undone">{undone(payment, charter.timezone)}</p>
        )}
        {relations(payment, payments, charter.timezone).map((relation) => (
          <p key={relation.text} class="entry-small">
            <RelationLink relation={relation} of={payment} />
          </p>
        ))}
        {payment.note && <p class="entry-small">{payment.note}</p>}
      </div>
      <p class="entry-amount">{live ? amount : <s>{amount}</s>}</p>
      <p class="entry-balance">
        <span class="visually-hidden">Balance then: </span>
        {formatMoney(balance_due_cents, charter.currency)}
      </p>
      {live && (
        <div class="entry-actions">
          <Button class="quiet" disabled={busy} onClick={() => onAsk("correct")}>
            Correct…<span class="visually-hidden"> {amountText(payment)}</span>
          </Button>
          <details>
            <summary>
              Actions<span class="visually-hidden"> for {amountText(payment)}</span>
            </summary>
            <span class="buttons">
              {payment.status === "received" && (
                <Button
                  disabled={busy}
                  onClick={() =>
                    act(async () => keepAnswer(await clearPayment(payment)), `Cleared: ${amountText(payment)}.`)
                  }
                >
                  Mark cleared
                </Button>
              )}
              {canBounce(payment) && (
                <Button disabled={busy} onClick={() => onAsk("bounce")}>
                  Bounced…
                </Button>
              )}
              <Button
                disabled={busy || charter.patron.email === ""}
                onClick={() =>
                  act(async () => {
                    await resendReceipt(payment);
                    await refresh(charter.event_id);
                  }, `The receipt goes out again to ${charter.patron.email}.`)
                }
              >
                {charter.patron.email ? "Resend receipt" : "Resend receipt: no email"}
              </Button>
              {leftCents(payment, payments) > 0 && payment.kind !== "refund" && (
                <Button
                  disabled={busy}
                  onClick={() => openPaymentDialog(charter.event_id, { filled: refundOf(payment, payments) })}
                >
                  Refund…
                </Button>
              )}
              {payment.kind !== "refund" && (
                <Button disabled={busy} onClick={() => onAsk("move")}>
                  Move to another charter…
                </Button>
              )}
              <Button class="danger" disabled={busy} onClick={() => onAsk("void")}>
                Void…
              </Button>
            </span>
          </details>
        </div>
      )}
    </li>
  );
}

/** The way to the other row, on this page or at its own charter. */
function RelationLink({ relation, of }: { relation: Relation; of: Payment }) {
  const { text, event_id, payment_id } = relation;
  return <a href={event_id === of.event_id ? `#payment-${payment_id}` : href(`/events/${event_id}`)}>{text}</a>;
}

/** Where a mail stands that can be looked up, and retried, among all mails. */
const mailOf: Partial<Record<Payment["receipt"], Mail["status"]>> = { pending: "queued", failed: "failed" };

function Receipt({ payment: { receipt } }: { payment: Payment }): ComponentChildren {
  const status = mailOf[receipt];
  const text = receiptTexts[receipt];
  return status ? <a href={href(`/mail?status=${status}`)}>{text}</a> : text;
}
