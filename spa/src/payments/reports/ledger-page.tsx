import { useState } from "preact/hooks";
import { listPayments } from "../../data/later-api";
import { usePages } from "../../lib/answer";
import { query } from "../../lib/browser/router";
import { useValue } from "../../lib/observable";
import { isPeriod, monthName, monthOf, type Period, today } from "../../lib/periods";
import { LoadButton } from "../../ui/load-button";
import { Loaded } from "../../ui/loaded";
import { Skeleton } from "../../ui/page";
import { isFound, LedgerTable } from "./ledger-table";
import { asQuery, LedgerTools, type Only } from "./ledger-tools";
import { askedCharters } from "./of-charters";
import { Parts, Sums } from "./totals";

export function Ledger() {
  // Asked for other payments, it starts afresh.
  return <LedgerAsAsked key={useValue(query)} />;
}

function LedgerAsAsked() {
  const [period, setPeriod] = useState(() => askedPeriod() ?? monthOf(today()));
  const [only, setOnly] = useState<Only>(() => ({ ...askedCharters(query.value), method: "", status: "" }));
  const [search, setSearch] = useState("");
  const valid = isPeriod(period);
  const asked = usePages(
    valid ? (cursor) => listPayments({ ...period, ...asQuery(only), limit: 50, cursor }) : null,
    (known, next) => ({ ...next, totals: known.totals, payments: [...known.payments, ...next.payments] }),
    [period.from, period.to, only.method, only.status, only.boat, only.captain],
  );
  const { answer, error } = asked;

  return (
    <>
      <h1 tabIndex={-1}>Ledger</h1>
      {answer && <Sums totals={answer.totals} when={monthOfPeriod(period)} />}
      {valid && answer === null && error === null && <Skeleton rows={1} kind="line" />}
      <div class="panel ledger-panel">
        <LedgerTools
          period={period}
          onPeriod={setPeriod}
          only={only}
          onOnly={setOnly}
          search={search}
          onSearch={setSearch}
        />
        {valid && (
          <Loaded asked={asked} failed="The payments could not be loaded." kind="line">
            {({ payments, next_cursor }) => (
              <section aria-label="Entries">
                {payments.length === 0 ? (
                  <p class="nothing ledger-nothing">{nothingFound(Object.values(only).some(Boolean))}</p>
                ) : (
                  <LedgerTable payments={payments.filter((payment) => isFound(payment, search))} />
                )}
                {next_cursor && <LoadButton label="Show more" load={asked.more} />}
              </section>
            )}
          </Loaded>
        )}
      </div>
      {answer !== null && answer.totals.count > 0 && (
        <details class="panel entry-actions">
          <summary>By method and kind</summary>
          <Parts totals={answer.totals} />
        </details>
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

/** The name of a period that is one whole month, of this year `November`. */
function monthOfPeriod({ from, to }: Period): string {
  const month = monthOf(from);
  if (from !== month.from || to !== month.to) return "";
  const year = today().slice(0, 4);
  return monthName(from).replace(` ${year}`, "");
}
