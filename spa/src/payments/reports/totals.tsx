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
      <Part
        about="By method: what came in less what went out, tips included."
        sums={paymentMethods.map((method) => [methods[method].label, totals.by_method[method] ?? 0])}
        money={money}
      />
      <Part
        about="By kind, as logged: a tip that was given back counts among tips and refunds."
        sums={paymentKinds.map((kind) => [`${kindNames[kind]}s`, totals.by_kind[kind]])}
        money={money}
      />
    </>
  );
}

interface PartProps {
  /** What its sums mean; the same word may mean another sum elsewhere. */
  about: string;
  /** Names and cents; what is zero is left out. */
  sums: [string, number][];
  money: (cents: number) => string;
}

function Part({ about, sums, money }: PartProps) {
  const shown = sums.filter(([, cents]) => cents !== 0);
  if (shown.length === 0) return null;
  return (
    <div class="totals-part">
      <p class="hint">{about}</p>
      <dl class="totals">
        {shown.map(([name, cents]) => (
          <Detail key={name} name={name}>
            {money(cents)}
          </Detail>
        ))}
      </dl>
    </div>
  );
}
