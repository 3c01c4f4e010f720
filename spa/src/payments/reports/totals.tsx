import type { CurrencyTotals, Totals as TotalsData } from "../../data/contract";
import { methods, paymentKinds, paymentMethods } from "../../data/limits";
import { formatMoney } from "../../lib/money";
import { Detail } from "../../ui/detail";
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
      <dl class="totals">
        <Detail name="Received">{money(totals.received_cents)}</Detail>
        <Detail name="Refunded">{money(totals.refunded_cents)}</Detail>
        <Detail name="Net">{money(netCents(totals))}</Detail>
        <Detail name="Tips">{money(totals.tips_cents)}</Detail>
        <Detail name="Not cleared yet">{money(totals.uncleared_cents)}</Detail>
        <Detail name="Entries">{String(totals.count)}</Detail>
      </dl>
      <dl class="totals">
        {paymentMethods.map((method) => {
          const cents = totals.by_method[method];
          return cents ? (
            <Detail key={method} name={methods[method].label}>
              {money(cents)}
            </Detail>
          ) : null;
        })}
        {paymentKinds.map((kind) => {
          const cents = totals.by_kind[kind];
          return cents ? (
            <Detail key={kind} name={`${kindNames[kind]}s`}>
              {money(cents)}
            </Detail>
          ) : null;
        })}
      </dl>
    </>
  );
}
