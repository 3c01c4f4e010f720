import type { ListedPayment } from "../../../data/contract";
import { listPayments, listToClear } from "../../../data/later-api";
import { daysLater } from "../../../lib/periods";
import { everyPage } from "../every-page";
import { EARLIEST_DAYS, LATEST_DAYS } from "../matching/fit";
import { LATEST_NAMED_DAYS } from "../matching/returned";
import type { SourceRow } from "./review";

/** All that waits to clear, and what else came in the time of these rows: it may be cleared already, or come back. */
export async function paymentsFor(rows: readonly SourceRow[]): Promise<ListedPayment[]> {
  const days = rows.flatMap(({ date }) => date ?? []).sort();
  const [first, last] = [days[0], days.at(-1)];
  const waiting = await everyPage((cursor) => listToClear({ limit: 100, cursor }));
  if (!first || !last) return waiting;
  const back = rows.some(({ kind }) => kind === "returned") ? LATEST_NAMED_DAYS : LATEST_DAYS;
  const period = { from: daysLater(first, -back), to: daysLater(last, -EARLIEST_DAYS) };
  const others = await everyPage((cursor) => listPayments({ ...period, limit: 100, cursor }));
  const known = new Set(waiting.map(({ payment_id }) => payment_id));
  // A row that both lists have is as the list of what waits says it is: it is read from the rows themselves.
  return [...waiting, ...others.filter(({ payment_id, status }) => !known.has(payment_id) && status !== "received")];
}
