import type { ListedPayment, Totals } from "../../data/contract";
import { listPayments } from "../../data/later-api";
import { everyPage } from "../bank/every-page";
import { countOf } from "../bank/waiting";

const PAGE = 100;
/** More payments than an operator of a few boats has in a year. The server sums the period up anew for each page. */
const MOST_PAGES = 20;

interface WholeLedger {
  totals: Totals;
  /** All of the period, as the server lists them; null when there are too many to show at once. */
  payments: readonly ListedPayment[] | null;
}

/**
 * Reads all payments of a period. The server lists the oldest first, in pages; who looks into the ledger looks for the
 * newest, so all of them have to be here before one shows.
 */
export async function readLedger(query: Parameters<typeof listPayments>[0]): Promise<WholeLedger> {
  const first = await listPayments({ ...query, limit: PAGE });
  if (countOf(first.totals) > MOST_PAGES * PAGE) return { totals: first.totals, payments: null };
  const read = async (cursor: string) => (cursor === "" ? first : listPayments({ ...query, limit: PAGE, cursor }));
  // Payments may come in while the pages are read.
  return { totals: first.totals, payments: await everyPage(read, MOST_PAGES + 1) };
}
