import type { CurrencyTotals, Totals } from "../../data/contract";
import { methods, paymentKinds, paymentMethods } from "../../data/limits";
import { formatMoney } from "../../lib/money";
import { Detail } from "../../ui/detail";
import { kindNames } from "../payment-form";
import { netCents, sumNames } from "./report";
import "../lines.css";
import "../totals.css";

interface SumsProps {
  totals: Totals;
  /** Of when, as far as that has a name: `November 2026`. */
  when?: string;
}

/** The sums of some payments in one line for each currency. */
export function Sums({ totals, when = "" }: SumsProps) {
  return (
    <>
      {inEachCurrency(totals).map((part) => (
        <SumsLine key={part.currency} totals={part} when={when} />
      ))}
    </>
  );
}

function SumsLine({ totals, when }: { totals: CurrencyTotals; when: string }) {
  const money = (cents: number) => formatMoney(cents, totals.currency);
  return (
    <dl class="panel sums">
      <div class="sums-lead">
        <dt>
          {sumNames.received}
          {when && ` in ${when}`}
        </dt>
        <dd>{money(totals.received_cents)}</dd>
      </div>
      <Detail name={sumNames.refunded}>{money(totals.refunded_cents)}</Detail>
      <div class="sums-wide">
        <dt>{sumNames.net}</dt>
        <dd>{money(netCents(totals))}</dd>
      </div>
      <Detail name={sumNames.tips}>{money(totals.tips_cents)}</Detail>
      <div>
        <dt>{sumNames.uncleared}</dt>
        <dd class={totals.uncleared_cents > 0 ? "tone-part" : undefined}>{money(totals.uncleared_cents)}</dd>
      </div>
      <div class="sums-wide">
        <dt>Entries</dt>
        <dd>{totals.count}</dd>
      </div>
    </dl>
  );
}

/** The same money by method and by kind. */
export function Parts({ totals }: { totals: Totals }) {
  const several = totals.other_currencies.length > 0;
  return (
    <>
      {inEachCurrency(totals).map((part) => (
        <div key={part.currency} class="totals-of">
          {several && <h3>{part.currency}</h3>}
          <PartsOf totals={part} />
        </div>
      ))}
    </>
  );
}

function inEachCurrency(totals: Totals): CurrencyTotals[] {
  return [totals, ...totals.other_currencies];
}

function PartsOf({ totals }: { totals: CurrencyTotals }) {
  const money = (cents: number) => formatMoney(cents, totals.currency);
  return (
    <>
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
