import { useState } from "preact/hooks";
import type { ListedPayment } from "../../data/contract";
import { listPayments } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { href } from "../../lib/browser/router";
import { formatMoney } from "../../lib/money";
import { type Day, daysLater, isDay, longDayName, today } from "../../lib/periods";
import { Button, PrintButton } from "../../ui/button";
import { TextInput } from "../../ui/form/text-input";
import { Loaded } from "../../ui/loaded";
import { type DepositSlip, depositSlips } from "./deposit-slip";
import { everyPage } from "./every-page";
import "../entry.css";
import "./deposit.css";

const MAX_PAGES = 50;

/** The checks and the cash of one day, as they are carried to the bank. */
export function Deposit() {
  const [day, setDay] = useState<Day>(today);
  const valid = isDay(day);
  const asked = useAnswer(valid ? () => paymentsOf(day) : null, [day]);
  return (
    <>
      <div class="page-head page-papers">
        <h1 tabIndex={-1}>Deposit slip</h1>
        <PrintButton label="Print slip" />
      </div>
      <div class="day-picker no-print">
        <TextInput label="Day" type="date" value={day} onInput={setDay} />
        <Button disabled={!valid} onClick={() => setDay(daysLater(day, -1))}>
          ← Day before
        </Button>
        <Button disabled={!valid} onClick={() => setDay(daysLater(day, 1))}>
          Day after →
        </Button>
      </div>
      {valid && (
        <Loaded asked={asked} failed="The payments could not be loaded." rows={2}>
          {(payments) => <Slips slips={depositSlips(payments)} day={day} />}
        </Loaded>
      )}
    </>
  );
}

function paymentsOf(day: Day): Promise<ListedPayment[]> {
  return everyPage((cursor) => listPayments({ from: day, to: day, limit: 100, cursor }), MAX_PAGES);
}

function Slips({ slips, day }: { slips: readonly DepositSlip[]; day: Day }) {
  if (slips.length === 0) {
    return (
      <div class="empty">
        <p class="empty-title">No checks and no cash on {longDayName(day)}.</p>
        <p>The checks and the cash of a day stand here, to be taken to the bank. The ledger has all else.</p>
      </div>
    );
  }
  return (
    <>
      {slips.map((slip) => (
        <Slip key={slip.currency} slip={slip} day={day} several={slips.length > 1} />
      ))}
    </>
  );
}

function Slip({ slip, day, several }: { slip: DepositSlip; day: Day; several: boolean }) {
  const money = (cents: number) => formatMoney(cents, slip.currency);
  return (
    <section class="panel" aria-labelledby={`slip-${slip.currency}`}>
      <h2 id={`slip-${slip.currency}`}>
        {longDayName(day)}
        {several && `, ${slip.currency}`}
      </h2>
      <Part title="Checks" payments={slip.checks} sum={money(slip.checks_cents)} />
      <Part title="Cash" payments={slip.cash} refunds={slip.cash_refunds} sum={money(slip.cash_cents)} />
      {slip.cash_cents < 0 && <p class="strip strip-bad">More cash was given back on this day than came in.</p>}
      <p class="slip-total">
        <span>Together</span>
        <strong>{money(slip.total_cents)}</strong>
      </p>
    </section>
  );
}

interface PartProps {
  title: string;
  payments: readonly ListedPayment[];
  refunds?: readonly ListedPayment[];
  sum: string;
}

function Part({ title, payments, refunds = [], sum }: PartProps) {
  if (payments.length + refunds.length === 0) {
    return <p class="nothing">No {title.toLowerCase()}.</p>;
  }
  return (
    <>
      <h3>
        {title}: {payments.length}
      </h3>
      <ul class="statement">
        {[...payments, ...refunds].map((payment) => (
          <Entry key={payment.payment_id} payment={payment} />
        ))}
        <li class="entry entry-total">
          <p class="entry-what">
            {title}
            {refunds.length > 0 && <small>received less given back</small>}
          </p>
          <p class="entry-balance">{sum}</p>
        </li>
      </ul>
    </>
  );
}

function Entry({ payment }: { payment: ListedPayment }) {
  const refund = payment.kind === "refund";
  const number = payment.method === "check" ? payment.reference || "no number" : "";
  return (
    <li class="entry">
      <div class="entry-what">
        <p>
          {number && <strong>{number}</strong>} {payment.payer || "payer not named"}
          {refund && <strong> (given back)</strong>}
          {payment.kind === "tip" && " (tip)"}
        </p>
        <p class="entry-small">
          <a href={href(`/events/${payment.event_id}`)}>{payment.charter}</a>
        </p>
      </div>
      <p class="entry-balance">
        {refund && "−"}
        {formatMoney(payment.amount_cents, payment.currency)}
      </p>
    </li>
  );
}
