import { useState } from "preact/hooks";
import { type Owing, owing, receivables } from "../../data/board";
import { charters, refresh } from "../../data/charters";
import { href } from "../../lib/browser/router";
import { formatMoneyShort } from "../../lib/money";
import { useValue } from "../../lib/observable";
import { formatDay, localDay } from "../../lib/time";
import { Button } from "../../ui/button";
import { openPaymentDialog } from "../payment-dialog";
import { UnsentPayments } from "../unsent";
import "./earlier.css";

const OWED = "/payments/owed";
/** So many lines show at first: the latest, which are those that somebody still pays at the dock. */
const LINES = 2;

/** How many owe, whatever the day of their charter, and the way to all of them. */
export function OwedLink() {
  const count = useOwed().length;
  if (count === 0) return null;
  return (
    <a class="owed-link" href={href(OWED)}>
      Owed <b>{count}</b>
    </a>
  );
}

/** What sailed before today and is not paid: a line each; on a phone one line that leads to all of it. */
export function EarlierUnpaid({ now_ms }: { now_ms: number }) {
  const [all, setAll] = useState(false);
  const owed = useOwed().filter((one) => isEarlier(one, now_ms));
  if (owed.length === 0) return null;
  const currencies = new Set(owed.map(({ currency }) => currency));
  const due_cents = owed.reduce((sum, one) => sum + one.due_cents, 0);
  const sum = currencies.size === 1 ? formatMoneyShort(due_cents, owed[0]?.currency ?? "") : "";
  const count = owed.length === 1 ? "1 charter" : `${owed.length} charters`;
  return (
    <section class="earlier" aria-labelledby="earlier">
      <div class="earlier-head">
        <h2 id="earlier">Earlier, not paid</h2>
        <p>{[count, sum && `${sum} owed`].filter(Boolean).join(", ")}</p>
        {owed.length > LINES && !all && (
          <Button class="quiet" onClick={() => setAll(true)}>
            Show all
          </Button>
        )}
      </div>
      <ul class="day-rows earlier-rows">
        {(all ? owed : owed.slice(-LINES)).map((one) => (
          <Line key={one.event_id} owed={one} />
        ))}
      </ul>
      <a class="earlier-link" href={href(OWED)}>
        <span>
          {owed.length === 1 ? "1 earlier charter is not paid" : `${owed.length} earlier charters are not paid`}
        </span>{" "}
        <b>{sum}</b>
      </a>
    </section>
  );
}

function Line({ owed }: { owed: Owing }) {
  const { event_id, title, patron, starts_at, timezone, due_cents, currency } = owed;
  return (
    <li>
      <p class="earlier-what">
        <a href={href(`/events/${event_id}`)}>{title}</a>
        <span>{[patron.name, formatDay(starts_at, timezone)].filter(Boolean).join(", ")}</span>
      </p>
      <b class="earlier-due">{formatMoneyShort(due_cents, currency)} owed</b>
      <Button class="row-pay" aria-label={`Log payment for ${title}`} onClick={() => void logPaymentOf(owed)}>
        Log payment
      </Button>
      <UnsentPayments event_id={event_id} />
    </li>
  );
}

/** Opens the dialog of a charter that this page may not have read since something else is due. */
export async function logPaymentOf({ event_id, due_cents }: Pick<Owing, "event_id" | "due_cents">): Promise<void> {
  const known = charters.value.get(event_id);
  if (known && known.balance.balance_due_cents !== due_cents) await refresh(event_id);
  await openPaymentDialog(event_id);
}

function useOwed(): Owing[] {
  const listed = useValue(receivables);
  // What is told of a charter counts before the list is asked for again.
  useValue(charters);
  return listed ? owing(listed) : [];
}

/** What ended today stands among the charters of today. */
function isEarlier({ ends_at, timezone }: Owing, now_ms: number): boolean {
  return localDay(new Date(ends_at), timezone) < localDay(new Date(now_ms), timezone);
}
