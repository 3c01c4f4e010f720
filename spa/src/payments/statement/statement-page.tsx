import { readCharter } from "../../data/api";
import type { CharterDetail, GuestEvent } from "../../data/contract";
import { readGuest } from "../../data/guest";
import { type LedgerRow, ledger } from "../../data/ledger";
import { methods } from "../../data/limits";
import { useAnswer } from "../../lib/answer";
import { formatMoney } from "../../lib/money";
import { longDayName, today } from "../../lib/periods";
import { formatLongDay, formatMoment, formatSpan } from "../../lib/time";
import { PrintButton } from "../../ui/button";
import { Detail } from "../../ui/detail";
import { Loaded } from "../../ui/loaded";
import { usePageTitle } from "../../ui/page";
import { kindNames } from "../payment-form";
import { TableHead } from "../table-head";
import { payers } from "./payers";
import { balanceName, chargeName, cleared, payerText, relations, signedAmount, undone } from "./statement-text";
import "../report.css";
import "../totals.css";
import "./statement-page.css";

/** The statement of one charter on paper: who, when, each row, what is due. */
export function PrintedStatement({ event_id }: { event_id: string }) {
  const asked = useAnswer(() => Promise.all([readCharter(event_id), readGuest(event_id)]), [event_id]);
  return (
    <>
      {!asked.answer && <h1 tabIndex={-1}>Statement</h1>}
      <Loaded asked={asked} failed="The statement could not be loaded." missing="There is no such charter." rows={2}>
        {([charter, { operator }]) => <Paper charter={charter} operator={operator} />}
      </Loaded>
    </>
  );
}

function Paper({ charter, operator }: { charter: CharterDetail; operator: GuestEvent["operator"] }) {
  const { balance, currency, patron } = charter;
  const money = (cents: number) => formatMoney(cents, currency);
  const rows = ledger(balance.charged_cents, charter.payments);
  const paid = payers(charter.payments);
  const zone = charter.timezone;
  usePageTitle(`Statement: ${charter.title}`);
  return (
    <article class="panel paper">
      <header class="paper-head">
        <div>
          <h1 tabIndex={-1}>Statement</h1>
          <p>{longDayName(today())}</p>
        </div>
        <address>
          <Lines lines={[operator.name, operator.phone, operator.email]} />
        </address>
      </header>
      <dl class="stack paper-details">
        <Detail name="For">
          <Lines lines={[patron.name || "Patron not named", patron.email, patron.phone]} />
        </Detail>
        <Detail name="Charter">
          <Lines
            lines={[
              `${charter.title}${charter.status === "cancelled" ? " (cancelled)" : ""}`,
              formatLongDay(charter.starts_at, zone),
              formatSpan(charter.starts_at, charter.ends_at, zone),
              charter.vessel,
            ]}
          />
        </Detail>
      </dl>
      <table class="report paper-rows">
        <TableHead names={["What", "Amount", "Balance"]} />
        <tbody>
          <tr>
            <th scope="row">{chargeName(charter)}</th>
            <td data-label="Amount">{money(balance.charged_cents)}</td>
            <td data-label="Balance">{money(balance.charged_cents)}</td>
          </tr>
          {rows.map((row) => (
            <Row key={row.payment.payment_id} row={row} charter={charter} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{balanceName(charter)}</th>
            <td colSpan={2}>{money(Math.abs(balance.balance_due_cents))}</td>
          </tr>
        </tfoot>
      </table>
      <dl class="totals">
        <Detail name="Received">{money(balance.received_cents)}</Detail>
        <Detail name="Refunded">{balance.refunded_cents > 0 && money(balance.refunded_cents)}</Detail>
        <Detail name="Tips besides">{balance.tips_cents > 0 && money(balance.tips_cents)}</Detail>
        <Detail name="To clear">{balance.uncleared_cents > 0 && money(balance.uncleared_cents)}</Detail>
        {paid.length > 1 &&
          paid.map(({ payer, paid_cents }) => (
            <Detail key={payer} name={`Paid by ${payer || "others"}`}>
              {money(paid_cents)}
            </Detail>
          ))}
      </dl>
      <p class="buttons no-print">
        <PrintButton label="Print statement" />
      </p>
    </article>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return lines.filter(Boolean).map((line) => (
    <span key={line} class="paper-line">
      {line}
    </span>
  ));
}

function Row({ row, charter }: { row: LedgerRow; charter: CharterDetail }) {
  const { payment, live, balance_due_cents } = row;
  const zone = charter.timezone;
  const what = `${kindNames[payment.kind]}, ${methods[payment.method].name} ${payment.reference}`;
  const amount = signedAmount(row);
  return (
    <tr class={live ? undefined : "entry-dead"}>
      <th scope="row">
        {live ? what : <s>{what}</s>}
        <small>
          {formatMoment(payment.received_at, zone)}
          {payerText(payment)}
        </small>
        <small>{live ? cleared(payment, zone) : undone(payment, zone)}</small>
        {relations(payment, charter.payments, zone).map(({ text }) => (
          <small key={text}>{text}</small>
        ))}
      </th>
      <td data-label="Amount">{live ? amount : <s>{amount}</s>}</td>
      <td data-label="Balance">{formatMoney(balance_due_cents, charter.currency)}</td>
    </tr>
  );
}
