import type { ListedPayment } from "../../data/contract";
import { isLive } from "../../data/ledger";
import { methods } from "../../data/limits";
import { href } from "../../lib/browser/router";
import { operatorTimezone } from "../../lib/clock";
import { formatMoney } from "../../lib/money";
import { hasWords } from "../../lib/names";
import { formatMoment } from "../../lib/time";
import { kindNames } from "../payment-form";
import { undoneWord } from "../statement/statement-text";
import { TableHead } from "../table-head";
import "../lines.css";
import "./ledger-table.css";

/** Payments of many charters, one line each. */
export function LedgerTable({ payments }: { payments: readonly ListedPayment[] }) {
  return (
    <table class="lines ledger">
      <TableHead names={["Date", "From", "Charter", "For", "How", "State", { name: "Amount", class: "num" }]} />
      <tbody>
        {payments.map((payment) => (
          <Row key={payment.payment_id} payment={payment} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ payment }: { payment: ListedPayment }) {
  const live = isLive(payment);
  const amount = `${payment.kind === "refund" ? "−" : ""}${formatMoney(payment.amount_cents, payment.currency)}`;
  return (
    <tr class={live ? undefined : "ledger-dead"}>
      <td class="ledger-when">{formatMoment(payment.received_at, operatorTimezone())}</td>
      <td class="lines-who">{payment.payer}</td>
      <td class="lines-what">
        <a href={href(`/events/${payment.event_id}`)}>{payment.charter}</a>
      </td>
      <td class="ledger-kind">{kindNames[payment.kind]}</td>
      <td class="ledger-how">
        {methods[payment.method].label} {payment.reference}
      </td>
      <td class={`ledger-state ledger-${payment.status}`}>{stateText(payment)}</td>
      <td class="num ledger-amount">{live ? amount : <s>{amount}</s>}</td>
    </tr>
  );
}

function stateText(payment: ListedPayment): string {
  return isLive(payment) ? stateNames[payment.status] : undoneWord(payment);
}

export const stateNames = { received: "To clear", cleared: "Cleared", bounced: "Bounced", voided: "Voided" };

/** Whether every word that was typed is somewhere in who paid, for what, how, how much and its number. */
export function isFound(payment: ListedPayment, search: string): boolean {
  const { payer, charter, reference, note, amount_cents, currency, method, kind } = payment;
  const text = [payer, charter, reference, note, formatMoney(amount_cents, currency)];
  return hasWords([...text, methods[method].label, kindNames[kind], stateText(payment)].join(" "), search);
}
