import { useState } from "preact/hooks";
import { useAnswer } from "../../lib/answer";
import { query } from "../../lib/browser/router";
import { useValue } from "../../lib/observable";
import { isPeriod, monthName, monthOf, type Period, today } from "../../lib/periods";
import { LoadButton } from "../../ui/load-button";
import { Loaded } from "../../ui/loaded";
import { Skeleton } from "../../ui/page";
import { inOrder, newestFirst } from "./ledger-order";
import { LedgerTable } from "./ledger-table";
import { isFound } from "./ledger-text";
import { asQuery, LedgerTools, type Only } from "./ledger-tools";
import { askedCharters } from "./of-charters";
import { readLedger } from "./read-ledger";
import { Parts, Sums } from "./totals";

/** So many rows show at first, and come with each *Show more*. */
const STEP = 50;

export function Ledger() {
  // Asked for other payments, it starts afresh.
  return <LedgerAsAsked key={useValue(query)} />;
}

function LedgerAsAsked() {
  const [period, setPeriod] = useState(() => askedPeriod() ?? monthOf(today()));
  const [only, setOnly] = useState<Only>(() => ({ ...askedCharters(query.value), method: "", status: "" }));
  const [search, setSearch] = useState("");
  const [order, setOrder] = useState(newestFirst);
  const [shown, setShown] = useState(STEP);
  const valid = isPeriod(period);
  const asked = useAnswer(valid ? () => readLedger({ ...period, ...asQuery(only) }) : null, [
    period.from,
    period.to,
    only.method,
    only.status,
    only.boat,
    only.captain,
  ]);
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
          order={order}
          onOrder={setOrder}
        />
        {valid && (
          <Loaded asked={asked} failed="The payments could not be loaded." kind="line">
            {({ payments }) => {
              const found = inOrder(
                (payments ?? []).filter((payment) => isFound(payment, search)),
                order,
              );
              const nothing = payments === null ? TOO_MANY : nothingFound(payments.length > 0, only);
              return (
                <section aria-label="Entries">
                  {found.length === 0 ? (
                    <p class="nothing ledger-nothing">{nothing}</p>
                  ) : (
                    <LedgerTable payments={found.slice(0, shown)} order={order} onOrder={setOrder} />
                  )}
                  {found.length > shown && <LoadButton label="Show more" load={async () => setShown(shown + STEP)} />}
                </section>
              );
            }}
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

const TOO_MANY = "These are too many payments for one list. Choose fewer days, or download the CSV file.";

function nothingFound(searched: boolean, only: Only): string {
  if (searched) return "No payment has these words.";
  return Object.values(only).some(Boolean)
    ? "No such payment in this period."
    : "No payment in this period. Tap “Log payment” when money comes in.";
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
