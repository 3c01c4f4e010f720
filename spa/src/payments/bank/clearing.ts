import type { Payment } from "../../data/contract";
import { toInstant } from "../../lib/local-time";
import { formatMoney } from "../../lib/money";
import { type Day, daysBetween } from "../../lib/periods";
import { localDay, toRfc3339 } from "../../lib/time";

/** Banks clear a check within five days, as a rule. */
const CHECK_DAYS = 5;

/** How many days of the calendar ago a payment was received. */
function ageDays({ received_at }: Payment, now: Date, timezone: string): number {
  return Math.max(0, daysBetween(localDay(new Date(received_at), timezone), localDay(now, timezone)));
}

/** How old a payment is; `late` when it should have cleared by now. */
export function age(payment: Payment, now: Date, timezone: string): { text: string; late: boolean } {
  const days = ageDays(payment, now, timezone);
  const text = days === 0 ? "today" : days === 1 ? "1 day" : `${days} days`;
  const late = payment.method === "check" && days > CHECK_DAYS;
  return { text: late ? `${text}: should have cleared` : text, late };
}

/** What is sent as the moment of clearing for a day of the past; undefined for now. */
export function clearedAt(day: Day, payment: Payment, now: Date, timezone: string): string | undefined {
  if (day === "" || day === localDay(now, timezone)) return undefined;
  if (day > localDay(now, timezone)) throw new RangeError("This day is in the future.");
  if (day < localDay(new Date(payment.received_at), timezone)) {
    throw new RangeError("It was received after that day.");
  }
  const zoned = toInstant(`${day}T12:00`, timezone);
  const noon = zoned.kind === "one" ? zoned.instant : zoned.kind === "twice" ? zoned.earlier : zoned.after;
  // What came in the evening did not clear at noon.
  return toRfc3339(new Date(Math.max(noon.getTime(), Date.parse(payment.received_at))));
}

/** The sum of amounts, refunds taken off, each currency apart: `$480.00 and €300.00`. */
export function sumText(payments: readonly Pick<Payment, "amount_cents" | "currency" | "kind">[]): string {
  const sums = new Map<string, number>();
  for (const { currency, kind, amount_cents } of payments) {
    const signed_cents = kind === "refund" ? -amount_cents : amount_cents;
    sums.set(currency, (sums.get(currency) ?? 0) + signed_cents);
  }
  return [...sums].map(([currency, cents]) => formatMoney(cents, currency)).join(" and ");
}

/** What waits to clear: money that came and, apart from it, refunds. `$480.00, and $130.00 given back` */
export function waitingText(payments: readonly Payment[]): string {
  const given_back = payments.filter(({ kind }) => kind === "refund");
  const received = payments.filter(({ kind }) => kind !== "refund");
  const returned = sumText(given_back.map((payment) => ({ ...payment, kind: "balance" })));
  return [sumText(received), returned && `${returned} given back`].filter(Boolean).join(", and ");
}

/** Works on all of them, a few at a time. */
export async function eachOf<T>(items: readonly T[], at_once: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: at_once }, worker));
}
