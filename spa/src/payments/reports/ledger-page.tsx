import { useState } from "preact/hooks";
import type { ListedPayment } from "../../data/contract";
import { listPayments } from "../../data/later-api";
import { isLive } from "../../data/ledger";
import { methods, type PaymentMethod, paymentMethods } from "../../data/limits";
import { usePages } from "../../lib/answer";
import { operatorTimezone } from "../../lib/clock";
import { formatMoney } from "../../lib/money";
import { useValue } from "../../lib/observable";
import { isPeriod, monthOf, type Period, today } from "../../lib/periods";
import { href, query } from "../../lib/router";
import { formatMoment } from "../../lib/time";
import { Field } from "../../ui/field";
import { LoadButton } from "../../ui/load-button";
import { Loaded } from "../../ui/loaded";
import { CsvButton } from "../csv-button";
import { kindNames } from "../payment-form";
import { payerText } from "../statement/statement-text";
import { PeriodChoice } from "./period-choice";
import { Totals } from "./totals";
import "../entry.css";
import "./filters.css";

export function Ledger() {
  // Asked for another period, it starts afresh.
  return <LedgerOfPeriod key={useValue(query)} />;
}

function LedgerOfPeriod() {
  const [period, setPeriod] = useState(() => askedPeriod() ?? monthOf(today()));
  const [method, setMethod] = useState<PaymentMethod | "">("");
  const valid = isPeriod(period);
  const asked = usePages(
    valid ? (cursor) => listPayments({ ...period, ...(method ? { method } : {}), limit: 50, cursor }) : null,
    (known, next) => ({ ...next, totals: known.totals, payments: [...known.payments, ...next.payments] }),
    [period.from, period.to, method],
  );

  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Ledger</h1>
        <CsvButton period={period} />
      </div>
      <div class="filters no-print">
        <PeriodChoice period={period} onChange={setPeriod} />
        <Field label="Method">
          {(props) => (
            <select
              {...props}
              value={method}
              onChange={(event) => setMethod(event.currentTarget.value as PaymentMethod | "")}
            >
              <option value="">All</option>
              {paymentMethods.map((name) => (
                <option key={name} value={name}>
                  {methods[name].label}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {valid && (
        <Loaded asked={asked} failed="The payments could not be loaded.">
          {({ payments, totals, next_cursor }) => (
            <>
              <Totals totals={totals} />
              <section class="panel" aria-labelledby="entries">
                <h2 id="entries">Entries</h2>
                {payments.length === 0 ? (
                  <p class="nothing">No payment in this period. Payments are logged from a charter on the board.</p>
                ) : (
                  <ol class="statement">
                    {payments.map((payment) => (
                      <Row key={payment.payment_id} payment={payment} />
                    ))}
                  </ol>
                )}
                {next_cursor && <LoadButton label="Show more" load={asked.more} />}
              </section>
            </>
          )}
        </Loaded>
      )}
    </>
  );
}

/** The period that the address names, for example `?from=2026-11-01&to=2026-11-30`. */
function askedPeriod(): Period | null {
  const given = new URLSearchParams(query.value);
  const period = { from: given.get("from") ?? "", to: given.get("to") ?? "" };
  return isPeriod(period) ? period : null;
}

function Row({ payment }: { payment: ListedPayment }) {
  const live = isLive(payment);
  const amount = `${payment.kind === "refund" ? "−" : ""}${formatMoney(payment.amount_cents, payment.currency)}`;
  return (
    <li class={`entry${live ? "" : " entry-dead"}`}>
      <div class="entry-what">
        <p>
          <strong>{live ? kindNames[payment.kind] : <s>{kindNames[payment.kind]}</s>}</strong>{" "}
          {methods[payment.method].name} {payment.reference}
        </p>
        <p class="entry-small">
          {formatMoment(payment.received_at, operatorTimezone())}
          {payerText(payment)}, {statusNames[payment.status]}
        </p>
        <p class="entry-small">
          <a href={href(`/events/${payment.event_id}`)}>{payment.charter}</a>
        </p>
      </div>
      <p class="entry-balance">{live ? amount : <s>{amount}</s>}</p>
    </li>
  );
}

const statusNames = { received: "not cleared yet", cleared: "cleared", bounced: "bounced", voided: "voided" };
