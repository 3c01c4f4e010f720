import type { ListedPayment } from "../../../data/contract";
import { methods } from "../../../data/limits";
import { operatorTimezone } from "../../../lib/clock";
import { formatMoney } from "../../../lib/money";
import { type Day, shortDayName } from "../../../lib/periods";
import { localDay } from "../../../lib/time";
import { type BankRow, formatNames } from "../statement-file/rows";
import type { SourceRow } from "./review";

/** `Nov 28`; with the year where it is another one than today's. */
export function shortDay(day: Day | null): string {
  return day === null ? "No date" : shortDayName(day);
}

/** Who a row is of; where it names nobody, its own words. */
export function rowName({ counterparty, text }: BankRow): string {
  return counterparty || text || "no text";
}

/** `Nov 28, $600.00, PRIYA SHAH, deposit (Chase)` */
export function rowText(row: SourceRow): string {
  const amount = row.amount_cents === null ? "no amount" : formatMoney(row.amount_cents, row.currency);
  const reference = row.counterparty === "" ? "" : row.reference;
  return `${[shortDay(row.date), amount, rowName(row), reference].filter(Boolean).join(", ")} (${formatNames[row.source]})`;
}

/** `Zelle 90431, Nov 28, Family day sail` */
export function paymentDetail({ method, reference, received_at, charter }: ListedPayment): string {
  const how = [methods[method].label, reference].filter(Boolean).join(" ");
  return [how, shortDay(localDay(new Date(received_at), operatorTimezone())), charter].filter(Boolean).join(", ");
}

/** `Priya Shah, $600.00, Zelle 90431, Nov 28, Family day sail` */
export function paymentText(payment: ListedPayment): string {
  const amount = formatMoney(payment.amount_cents, payment.currency);
  return `${payment.payer || "No name"}, ${amount}, ${paymentDetail(payment)}`;
}
