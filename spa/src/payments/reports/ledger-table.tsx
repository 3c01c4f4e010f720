import type { ListedPayment } from "../../data/contract";
import { isLive } from "../../data/ledger";
import { methods } from "../../data/limits";
import { href } from "../../lib/browser/router";
import { operatorTimezone } from "../../lib/clock";
import { formatMoney } from "../../lib/money";
import { formatMoment } from "../../lib/time";
import { Button } from "../../ui/button";
import { kindNames } from "../payment-form";
import { type Column, nextOrder, type Order } from "./ledger-order";
import { stateText } from "./ledger-text";
import "../lines.css";
import "./ledger-table.css";

interface Props {
  payments: readonly ListedPayment[];
  order: Order;
  onOrder(order: Order): void;
}

const columns: Readonly<Record<Column, string>> = {
  date: "Date",
  from: "From",
  charter: "Charter",
  for: "For",
  how: "How",
  state: "State",
  amount: "Amount",
};

/** Payments of many charters, one line each; a tap on a column's head puts them in its order. */
export function LedgerTable({ payments, order, onOrder }: Props) {
  return (
    <table class="lines ledger">
      <thead>
        <tr>
          {(Object.keys(columns) as Column[]).map((by) => (
            <th
              key={by}
              scope="col"
              class={by === "amount" ? "num" : undefined}
              aria-sort={order.by === by ? (order.down ? "descending" : "ascending") : undefined}
            >
              <Button class="ledger-sort" onClick={() => onOrder(nextOrder(order, by))}>
                {columns[by]}
              </Button>
            </th>
          ))}
        </tr>
      </thead>
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
      {/* A phone has no column for the kind. */}
      <td class="ledger-how" data-kind={kindNames[payment.kind]}>
        {methods[payment.method].label} {payment.reference}
      </td>
      <td class={`ledger-state ledger-${payment.status}`}>{stateText(payment)}</td>
      <td class="num ledger-amount">{live ? amount : <s>{amount}</s>}</td>
    </tr>
  );
}
