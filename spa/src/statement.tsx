import { useState } from "preact/hooks";
import { bouncePayment, clearPayment, resendReceipt, voidPayment } from "./api";
import { keepAnswer, refresh } from "./charters";
import type { CharterEvent, Payment } from "./contract";
import { type LedgerRow, ledger } from "./ledger";
import { formatMoney } from "./money";
import { kindNames, methodWord } from "./payment-form";
import { ReasonDialog } from "./reason-dialog";
import { formatMoment } from "./time";
import { announce, sentence } from "./ui";

interface Props {
  event: CharterEvent;
  payments: readonly Payment[];
}

/** The payments of a charter as a statement with a running balance. */
export function Statement({ event, payments }: Props) {
  const [asking, setAsking] = useState<{ act: "void" | "bounce"; payment: Payment } | null>(null);
  const { balance, currency } = event;
  const rows = ledger(balance.charged_cents, payments);
  return (
    <>
      <ol class="statement">
        <li class="entry">
          <p class="entry-what">Charter fee</p>
          <p class="entry-balance">{formatMoney(balance.charged_cents, currency)}</p>
        </li>
        {rows.map((row) => (
          <Entry
            key={row.payment.payment_id}
            event={event}
            row={row}
            onAsk={(act) => setAsking({ act, payment: row.payment })}
          />
        ))}
        <li class="entry entry-total">
          <p class="entry-what">
            {balance.balance_due_cents < 0 ? "Overpaid" : "Balance due"}
            {balance.tips_cents > 0 && (
              <small>Tips besides: {formatMoney(balance.tips_cents, currency)}</small>
            )}
            {balance.uncleared_cents > 0 && (
              <small>Not cleared yet: {formatMoney(balance.uncleared_cents, currency)}</small>
            )}
          </p>
          <p class="entry-balance">{formatMoney(Math.abs(balance.balance_due_cents), currency)}</p>
        </li>
      </ol>
      {asking?.act === "void" && (
        <ReasonDialog
          title="Void payment"
          explanation={`${amountText(asking.payment)} stays in the statement, struck through, and counts no more. Void it only if no money moved; money that went back is a refund.`}
          button="Void payment"
          onClose={() => setAsking(null)}
          act={async (reason) => {
            keepAnswer(await voidPayment(asking.payment, reason));
            announce(`Voided: ${amountText(asking.payment)}.`);
          }}
        />
      )}
      {asking?.act === "bounce" && (
        <ReasonDialog
          title="Payment bounced"
          explanation={`The bank took ${amountText(asking.payment)} back. It counts no more.`}
          button="Mark as bounced"
          onClose={() => setAsking(null)}
          act={async (reason) => {
            keepAnswer(await bouncePayment(asking.payment, reason));
            announce(`Marked as bounced: ${amountText(asking.payment)}.`);
          }}
        />
      )}
    </>
  );
}

interface EntryProps {
  event: CharterEvent;
  row: LedgerRow;
  onAsk(act: "void" | "bounce"): void;
}

function Entry({ event, row, onAsk }: EntryProps) {
  const { payment, live, balance_due_cents } = row;
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>, said: string) => {
    setBusy(true);
    try {
      await work();
      announce(said);
    } catch (error) {
      announce(`Not done. ${sentence(error)}`, "bad");
    }
    setBusy(false);
  };
  const sign = payment.kind === "refund" ? "+" : payment.kind === "tip" ? "" : "−";
  const amount = `${sign}${formatMoney(payment.amount_cents, payment.currency)}`;
  return (
    <li class={`entry${live ? "" : " entry-dead"}`}>
      <div class="entry-what">
        <p>
          {live ? (
            <strong>{kindNames[payment.kind]}</strong>
          ) : (
            <s>
              <strong>{kindNames[payment.kind]}</strong>
            </s>
          )}{" "}
          {methodWord(payment.method)}
          {payment.reference && ` ${payment.reference}`}
        </p>
        <p class="entry-small">
          {formatMoment(payment.received_at, event.timezone)}
          {payment.payer && `, from ${payment.payer}`}
        </p>
        <p class="entry-small">{standing(payment, event.timezone)}</p>
        {payment.note && <p class="entry-small">{payment.note}</p>}
      </div>
      <p class="entry-amount">{live ? amount : <s>{amount}</s>}</p>
      <p class="entry-balance">
        <span class="visually-hidden">Balance due then: </span>
        {formatMoney(balance_due_cents, event.currency)}
      </p>
      {live && (
        <details class="entry-actions">
          <summary>
            Actions<span class="visually-hidden"> for {amountText(payment)}</span>
          </summary>
          <span class="buttons">
            {payment.status === "received" && (
              <button
                type="button"
                disabled={busy}
                onClick={() =>
                  void act(
                    async () => keepAnswer(await clearPayment(payment)),
                    `Cleared: ${amountText(payment)}.`,
                  )
                }
              >
                Mark cleared
              </button>
            )}
            {canBounce(payment) && (
              <button type="button" disabled={busy} onClick={() => onAsk("bounce")}>
                Bounced…
              </button>
            )}
            <button
              type="button"
              disabled={busy || event.patron.email === ""}
              onClick={() =>
                void act(async () => {
                  await resendReceipt(payment);
                  await refresh(event.event_id);
                }, `The confirmation goes out again to ${event.patron.email}.`)
              }
            >
              Resend confirmation
            </button>
            <button type="button" class="danger" disabled={busy} onClick={() => onAsk("void")}>
              Void…
            </button>
          </span>
        </details>
      )}
    </li>
  );
}

/** Cash does not bounce. */
function canBounce({ method, kind }: Payment): boolean {
  return method !== "cash" && kind !== "refund";
}

function amountText(payment: Payment): string {
  const amount = formatMoney(payment.amount_cents, payment.currency);
  return `${amount} ${methodWord(payment.method)}`;
}

function standing(payment: Payment, timezone: string): string {
  if (payment.status === "voided") {
    return `Voided${payment.void ? `: ${payment.void.reason} (${payment.void.by})` : ""}`;
  }
  if (payment.status === "bounced") {
    return `Bounced${payment.bounce ? `: ${payment.bounce.reason}` : ""}`;
  }
  const cleared =
    payment.status === "received"
      ? "Not cleared yet"
      : payment.cleared_at && payment.cleared_at !== payment.received_at
        ? `Cleared ${formatMoment(payment.cleared_at, timezone)}`
        : "Cleared";
  const receipt = {
    pending: "confirmation on its way",
    sent: "confirmation sent",
    failed: "confirmation could not be sent",
    off: "no confirmation sent",
  }[payment.receipt];
  return `${cleared}, ${receipt}`;
}
