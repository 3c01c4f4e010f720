import type { CurrencyTotals, Totals as TotalsData } from "../../data/contract";
import { methods, paymentKinds, paymentMethods } from "../../data/limits";
import { formatMoney } from "../../lib/money";
import { kindNames } from "../payment-form";
import { netCents } from "./report";
import "../totals.css";

/** The sums of some payments: what stands for itself first, then by method and by kind. */
export function Totals({ totals }: { totals: TotalsData }) {
  const several = totals.other_currencies.length > 0;
  return (
    <section class="panel" aria-labelledby="totals">
      <h2 id="totals">Totals</h2>
      {[totals, ...totals.other_currencies].map((part) => (
        <div key={part.currency} class="totals-of">
          {several && <h3>{part.currency}</h3>}
          <Sums totals={part} />
        </div>
      ))}
    </section>
  );
}

function Sums({ totals }: { totals: CurrencyTotals }) {
  const money = (cents: number) => formatMoney(cents, totals.currency);
  return (
    <>
      <dl class="totals totals-main">
        <Sum name="Received" value={money(totals.received_cents)} />
        <Sum name="Refunded" value={money(totals.refunded_cents)} />
        <Sum name="Net" value={money(netCents(totals))} />
        <Sum name="Tips" value={money(totals.tips_cents)} />
        <Sum name="Not cleared yet" value={money(totals.uncleared_cents)} />
        <Sum name="Entries" value={String(totals.count)} />
      </dl>
      <dl class="totals">
        {paymentMethods.map((method) => {
          const cents = totals.by_method[method];
          return cents ? (
            <Sum key={method} name={methods[method].label} value={money(cents)} />
          ) : null;
        })}
        {paymentKinds.map((kind) => {
          const cents = totals.by_kind[kind];
          return cents ? (
            <Sum key={kind} name={`${kindNames[kind]}s`} value={money(cents)} />
          ) : null;
        })}
      </dl>
    </>
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
