import { useState } from "preact/hooks";
import type { Summary } from "../../data/contract";
import { readSummary } from "../../data/later-api";
import { useAnswer } from "../../lib/answer";
import { isPeriod, monthOf, type Period, spanName, today, yearOf } from "../../lib/periods";
import { PrintButton } from "../../ui/button";
import { Choices } from "../../ui/form/choices";
import { Loaded } from "../../ui/loaded";
import { CsvButton } from "../csv-button";
import { MoneyByMonth } from "./chart";
import { CharterFilters } from "./charter-filters";
import { anyCharters, type OfCharters } from "./of-charters";
import { PeriodChoice } from "./period-choice";
import { currenciesOf, hasEntries, inCurrency, tooLong, type View } from "./report";
import { groupingNames, ReportTable } from "./report-table";
import { Parts } from "./totals";
import "./filters.css";

const views: Record<View, string> = { sums: "Sums", methods: "Methods", kinds: "Kinds" };

/** The money of a range by day, week, month, boat or captain, and of the last twelve months as a chart. */
export function Reports() {
  const [range, setRange] = useState<Period>(() => yearOf(today()));
  const [of, setOf] = useState(anyCharters);
  const [by, setBy] = useState<Summary["by"]>("month");
  const [view, setView] = useState<View>("sums");
  const refused = isPeriod(range) ? tooLong(range, by) : "";
  const ready = isPeriod(range) && !refused;
  const question = ready ? () => readSummary({ ...range, ...of, by }) : null;
  const summary = useAnswer(question, [range.from, range.to, of.boat, of.captain, by]);
  return (
    <>
      <div class="page-head page-papers">
        <h1 tabIndex={-1}>Reports</h1>
        <p class="buttons">
          <PrintButton />
          <CsvButton period={range} only={of} />
        </p>
      </div>
      <LastMonths of={of} />
      <div class="filters no-print">
        <PeriodChoice period={range} onChange={setRange} />
        <CharterFilters period={range} of={of} onChange={setOf} />
        <Choices small legend="By" names={groupingNames} value={by} onChoose={(by) => setBy(by)} />
        <Choices small legend="Columns" names={views} value={view} onChoose={(view) => setView(view)} />
      </div>
      {refused && (
        <p class="error" role="alert">
          {refused}
        </p>
      )}
      {ready && (
        <Loaded asked={summary} failed="The report could not be made." rows={2}>
          {(summary) => <Report summary={summary} range={range} of={of} view={view} />}
        </Loaded>
      )}
    </>
  );
}

function LastMonths({ of }: { of: OfCharters }) {
  const range = { from: monthOf(today(), -11).from, to: monthOf(today()).to };
  const asked = useAnswer(() => readSummary({ ...range, ...of, by: "month" }), [range.from, of.boat, of.captain]);
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

interface ReportProps {
  summary: Summary;
  range: Period;
  of: OfCharters;
  view: View;
}

function Report({ summary, range, of, view }: ReportProps) {
  const { by } = summary;
  const currencies = currenciesOf(summary);
  return (
    <>
      {currencies.map((currency) => (
        <section key={currency} class="panel" aria-labelledby={`report-${currency}`}>
          <h2 id={`report-${currency}`}>
            {views[view]} by {groupingNames[by].toLowerCase()}
            {currencies.length > 1 && `, ${currency}`}
          </h2>
          <p>{spanName(range)}</p>
          <ReportTable summary={summary} range={range} of={of} view={view} currency={currency} />
          <p class="hint">
            {view === "sums" &&
              "Kept is received less given back. Tips stand besides. What is to clear is part of received and tips. "}
            {by === "day" && "Days without a payment are left out. "}
            {(by === "boat" || by === "captain") && `Each payment counts for the ${by} that its charter has now. `}
            Days are those of {summary.timezone.replaceAll("_", " ")}.
          </p>
        </section>
      ))}
      {currencies.some((currency) => hasEntries(inCurrency(summary.totals, currency))) && (
        <section class="panel" aria-labelledby="parts">
          <h2 id="parts">By method and kind</h2>
          <Parts totals={summary.totals} />
        </section>
      )}
    </>
  );
}
