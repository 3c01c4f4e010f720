import { useEffect, useRef, useState } from "preact/hooks";
import { listPayments, paymentsCsv } from "./api";
import { LoadButton } from "./board";
import { charters } from "./charters";
import { type Payment, type PaymentPage, paymentMethods } from "./contract";
import { formatMoney } from "./money";
import { useValue } from "./observable";
import { kindNames, methodNames, methodWord } from "./payment-form";
import { href } from "./router";
import { browserTimezone, formatMoment, localDay, zoneName } from "./time";
import { announce, Failed, Field, Skeleton, sentence, usePageTitle } from "./ui";

/** The ledger of a period, with its sums. */
export function PaymentsPage() {
  usePageTitle("Payments");
  const [period, setPeriod] = useState(() => month(new Date(), 0));
  const [method, setMethod] = useState("");
  const [page, setPage] = useState<PaymentPage | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const asked = useRef(0);
  const complete = period.from !== "" && period.to !== "" && period.from <= period.to;
  const query = { ...period, ...(method ? { method } : {}), limit: 50 };

  const load = () => {
    if (!complete) return;
    const ask = ++asked.current;
    setError(null);
    // An answer to an earlier question must not replace a later one.
    const current = () => ask === asked.current;
    listPayments(query).then(
      (page) => current() && setPage(page),
      (error) => current() && setError(error),
    );
  };

  useEffect(() => {
    setPage(null);
    load();
  }, [period.from, period.to, method]);

  const more = async () => {
    if (!page?.next_cursor) return;
    const ask = asked.current;
    const next = await listPayments({ ...query, cursor: page.next_cursor });
    if (ask !== asked.current) return;
    setPage({ ...next, totals: page.totals, payments: [...page.payments, ...next.payments] });
  };

  const download = async () => {
    setSaving(true);
    try {
      save(await paymentsCsv(period), `payments-${period.from}-to-${period.to}.csv`);
      announce("The file is on its way to your downloads.");
    } catch (error) {
      announce(`No file. ${sentence(error)}`, "bad");
    }
    setSaving(false);
  };

  return (
    <main id="main" class="page">
      <div class="page-head">
        <h1 tabIndex={-1}>Payments</h1>
        <button type="button" onClick={() => void download()} disabled={saving || !complete}>
          {saving ? "Preparing…" : "Download CSV"}
        </button>
      </div>
      <div class="filters">
        <p class="buttons">
          <button type="button" onClick={() => setPeriod(month(new Date(), 0))}>
            This month
          </button>
          <button type="button" onClick={() => setPeriod(month(new Date(), -1))}>
            Last month
          </button>
        </p>
        <Field label="From">
          {(props) => (
            <input
              {...props}
              type="date"
              value={period.from}
              onInput={(event) => setPeriod({ ...period, from: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field
          label="To"
          error={period.from && period.to && !complete ? "Before the start." : undefined}
        >
          {(props) => (
            <input
              {...props}
              type="date"
              value={period.to}
              onInput={(event) => setPeriod({ ...period, to: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Method">
          {(props) => (
            <select
              {...props}
              value={method}
              onChange={(event) => setMethod(event.currentTarget.value)}
            >
              <option value="">All</option>
              {paymentMethods.map((name) => (
                <option key={name} value={name}>
                  {methodNames[name]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {error !== null && (
        <Failed what="The payments could not be loaded." error={error} onRetry={load} />
      )}
      {page === null && error === null && complete && <Skeleton rows={3} />}
      {page && (
        <>
          <Totals page={page} />
          <section class="panel" aria-labelledby="entries">
            <h2 id="entries">Entries</h2>
            {page.payments.length === 0 ? (
              <p class="nothing">
                No payment in this period. Payments are logged from a charter on the board.
              </p>
            ) : (
              <ol class="statement">
                {page.payments.map((payment) => (
                  <Row key={payment.payment_id} payment={payment} />
                ))}
              </ol>
            )}
            {page.next_cursor && <LoadButton label="Show more" load={more} />}
          </section>
        </>
      )}
    </main>
  );
}

function Totals({ page: { totals, payments } }: { page: PaymentPage }) {
  const currency = payments[0]?.currency ?? [...charters.value.values()][0]?.currency ?? "USD";
  const money = (cents: number) => formatMoney(cents, currency);
  const methods = paymentMethods.filter((method) => totals.by_method[method]);
  return (
    <section class="panel" aria-labelledby="totals">
      <h2 id="totals">Totals</h2>
      <dl class="totals">
        <Sum name="Received" value={money(totals.received_cents)} />
        <Sum name="Refunded" value={money(totals.refunded_cents)} />
        <Sum name="Tips" value={money(totals.tips_cents)} />
        <Sum name="Not cleared yet" value={money(totals.uncleared_cents)} />
        <Sum name="Entries" value={String(totals.count)} />
        {methods.map((method) => (
          <Sum
            key={method}
            name={methodNames[method]}
            value={money(totals.by_method[method] ?? 0)}
          />
        ))}
      </dl>
    </section>
  );
}

function Sum({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Row({ payment }: { payment: Payment }) {
  const charter = useValue(charters).get(payment.event_id);
  const live = payment.status !== "voided" && payment.status !== "bounced";
  const amount = `${payment.kind === "refund" ? "−" : ""}${formatMoney(payment.amount_cents, payment.currency)}`;
  return (
    <li class={`entry${live ? "" : " entry-dead"}`}>
      <div class="entry-what">
        <p>
          <strong>{live ? kindNames[payment.kind] : <s>{kindNames[payment.kind]}</s>}</strong>{" "}
          {methodWord(payment.method)} {payment.reference}
        </p>
        <p class="entry-small">
          {charter
            ? formatMoment(payment.received_at, charter.timezone)
            : `${formatMoment(payment.received_at, browserTimezone)} ${zoneName(payment.received_at, browserTimezone)}`}
          {payment.payer && `, from ${payment.payer}`}, {statusNames[payment.status]}
        </p>
        <p class="entry-small">
          <a href={href(`/events/${payment.event_id}`)}>{charter?.title ?? "Open charter"}</a>
        </p>
      </div>
      <p class="entry-balance">{live ? amount : <s>{amount}</s>}</p>
    </li>
  );
}

const statusNames = {
  received: "not cleared yet",
  cleared: "cleared",
  bounced: "bounced",
  voided: "voided",
};

function month(now: Date, offset: number): { from: string; to: string } {
  const [year, current] = localDay(now, browserTimezone).split("-").map(Number) as [number, number];
  const day = (at: Date) => at.toISOString().slice(0, 10);
  return {
    from: day(new Date(Date.UTC(year, current - 1 + offset, 1))),
    to: day(new Date(Date.UTC(year, current + offset, 0))),
  };
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
