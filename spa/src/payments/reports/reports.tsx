import { useState } from "preact/hooks";
import type { CurrencyTotals, PeriodLength, PeriodTotals } from "../../data/contract";
import { type PeriodSummary, readSummary } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { formatMoney } from "../../lib/money";
import { isPeriod, monthOf, type Period, spanName, today, yearOf } from "../../lib/periods";
import { href } from "../../lib/router";
import { PrintButton } from "../../ui/button";
import { Choices } from "../../ui/choices";
import { Loaded } from "../../ui/loaded";
import { CsvButton } from "../csv-button";
import { TableHead } from "../table-head";
import { MoneyByMonth } from "./chart";
import { PeriodChoice } from "./period-choice";
import {
  type Column,
  columns,
  currenciesOf,
  hasEntries,
  inCurrency,
  periodName,
  shownPeriods,
  tooLong,
  type View,
} from "./report";
import { Totals } from "./totals";
import "../report.css";
import "./filters.css";

const lengths: Record<PeriodLength, string> = { day: "Day", week: "Week", month: "Month" };
const views: Record<View, string> = { sums: "Sums", methods: "Methods", kinds: "Kinds" };

/** The money of a range by day, week or month, and of the last twelve months as a chart. */
export function Reports() {
  const [range, setRange] = useState<Period>(() => yearOf(today()));
  const [by, setBy] = useState<PeriodLength>("month");
  const [view, setView] = useState<View>("sums");
  const refused = isPeriod(range) ? tooLong(range, by) : "";
  const ready = isPeriod(range) && !refused;
  const question = ready ? () => readSummary({ ...range, by }) : null;
  const summary = useAnswer(question, [range.from, range.to, by]);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Reports</h1>
        <p class="buttons">
          <PrintButton />
          <CsvButton period={range} />
        </p>
      </div>
      <LastMonths />
      <div class="filters no-print">
        <PeriodChoice period={range} onChange={setRange} withYear />
        <Choices small legend="By" names={lengths} value={by} onChoose={(by) => setBy(by)} />
        <Choices small legend="Columns" names={views} value={view} onChoose={(view) => setView(view)} />
      </div>
      {refused && (
        <p class="error" role="alert">
          {refused}
        </p>
      )}
      {ready && (
        <Loaded asked={summary} failed="The report could not be made." rows={2}>
          {(summary) => <Report summary={summary} range={range} view={view} />}
        </Loaded>
      )}
    </>
  );
}

function LastMonths() {
  const range = { from: monthOf(today(), -11).from, to: monthOf(today()).to };
  const asked = useAnswer(() => readSummary({ ...range, by: "month" }), [range.from]);
  return (
    <section class="panel" aria-labelledby="months">
      <h2 id="months">Money by month</h2>
      <Loaded asked={asked} failed="The chart could not be drawn." rows={1}>
        {({ periods, totals: { currency, other_currencies } }) => (
          <>
            <MoneyByMonth months={periods} currency={currency} />
            {other_currencies.length > 0 && <p class="hint">Only {currency} is drawn. Other currencies stand below.</p>}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Report({ summary, range, view }: { summary: PeriodSummary; range: Period; view: View }) {
  const currencies = currenciesOf(summary);
  return (
    <>
      {currencies.map((currency) => (
        <section key={currency} class="panel" aria-labelledby={`report-${currency}`}>
          <h2 id={`report-${currency}`}>
            {views[view]} by {lengths[summary.by].toLowerCase()}
            {currencies.length > 1 && `, ${currency}`}
          </h2>
          <p>{spanName(range)}</p>
          <Table summary={summary} view={view} currency={currency} />
          <p class="hint">
            {view === "sums" &&
              "Net is received less refunded. Tips stand besides. What is not cleared is part of received and tips. "}
            {summary.by === "day" && "Days without a payment are left out. "}
            Days are those of {summary.timezone.replaceAll("_", " ")}.
          </p>
        </section>
      ))}
      <Totals totals={summary.totals} />
    </>
  );
}

function Table({ summary, view, currency }: { summary: PeriodSummary; view: View; currency: string }) {
  const totals = inCurrency(summary.totals, currency);
  const shown = columns(view, totals);
  const periods = shownPeriods(summary, currency, today());
  if (shown.length === 0 || periods.length === 0) return <p class="nothing">No payment in this range.</p>;
  return (
    <table class="report">
      <TableHead names={[lengths[summary.by], ...shown.map(({ name }) => name)]} />
      <tbody>
        {periods.map((period) => (
          <Row key={period.from} period={period} by={summary.by} columns={shown} currency={currency} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Together</th>
          <Cells columns={shown} totals={totals} />
        </tr>
      </tfoot>
    </table>
  );
}

interface RowProps {
  period: PeriodTotals;
  by: PeriodLength;
  columns: readonly Column[];
  currency: string;
}

function Row({ period, by, columns, currency }: RowProps) {
  const name = periodName(period, by);
  if (!hasEntries(inCurrency(period.totals, currency))) {
    return (
      <tr class="report-empty">
        <th scope="row">{name}</th>
        <td colSpan={columns.length}>No payments</td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">
        <a href={href(`/payments?from=${period.from}&to=${period.to}`)}>{name}</a>
      </th>
      <Cells columns={columns} totals={inCurrency(period.totals, currency)} />
    </tr>
  );
}

function Cells({ columns, totals }: { columns: readonly Column[]; totals: CurrencyTotals }) {
  return (
    <>
      {columns.map(({ name, cents, main }) => {
        const amount_cents = cents(totals);
        const className = main ? "report-main" : amount_cents === 0 ? "report-zero" : undefined;
        return (
          <td key={name} data-label={name} class={className}>
            {formatMoney(amount_cents, totals.currency)}
          </td>
        );
      })}
    </>
  );
}
