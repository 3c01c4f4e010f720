import { useState } from "preact/hooks";
import { listPayments } from "../../data/later-api";
import { methods, type PaymentMethod, paymentMethods } from "../../data/limits";
import { usePages } from "../../lib/answer";
import { useValue } from "../../lib/observable";
import { isPeriod, monthOf, type Period, today } from "../../lib/periods";
import { query } from "../../lib/router";
import { Field } from "../../ui/field";
import { LoadButton } from "../../ui/load-button";
import { Loaded } from "../../ui/loaded";
import { TextInput } from "../../ui/text-input";
import { CsvButton } from "../csv-button";
import { CharterFilters } from "./charter-filters";
import { isFound, LedgerTable } from "./ledger-table";
import { askedCharters } from "./of-charters";
import { PeriodChoice } from "./period-choice";
import { Totals } from "./totals";
import "./filters.css";

export function Ledger() {
  // Asked for other payments, it starts afresh.
  return <LedgerAsAsked key={useValue(query)} />;
}

function LedgerAsAsked() {
  const [period, setPeriod] = useState(() => askedPeriod() ?? monthOf(today()));
  const [method, setMethod] = useState<PaymentMethod | "">("");
  const [of, setOf] = useState(() => askedCharters(query.value));
  const [search, setSearch] = useState("");
  const valid = isPeriod(period);
  const only = { ...of, ...(method ? { method } : {}) };
  const asked = usePages(
    valid ? (cursor) => listPayments({ ...period, ...only, limit: 50, cursor }) : null,
    (known, next) => ({ ...next, totals: known.totals, payments: [...known.payments, ...next.payments] }),
    [period.from, period.to, method, of.boat, of.captain],
  );

  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>Ledger</h1>
        <CsvButton period={period} only={only} />
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
        <CharterFilters period={period} of={of} onChange={setOf} />
        <div class="filters-wide">
          <TextInput label="Find: name, amount, number" value={search} onInput={setSearch} />
        </div>
      </div>
      {valid && (
        <Loaded asked={asked} failed="The payments could not be loaded.">
          {({ payments, totals, next_cursor }) => (
            <>
              <Totals totals={totals} />
              <section class="panel" aria-labelledby="entries">
                <h2 id="entries">Entries</h2>
                {payments.length === 0 ? (
                  <p class="nothing">{nothingFound(Object.values(only).some(Boolean))}</p>
                ) : (
                  <LedgerTable payments={payments.filter((payment) => isFound(payment, search))} />
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

function nothingFound(someOnly: boolean): string {
  return someOnly
    ? "No such payment in this period."
    : "No payment in this period. Payments are logged from a charter on the board.";
}

/** The period that the address names, for example `?from=2026-11-01&to=2026-11-30`. */
function askedPeriod(): Period | null {
  const given = new URLSearchParams(query.value);
  const period = { from: given.get("from") ?? "", to: given.get("to") ?? "" };
  return isPeriod(period) ? period : null;
}
