import type { CurrencyTotals, PeriodLength, PeriodTotals, Summary, Totals } from "../../data/contract";
import { methods, paymentKinds, paymentMethods } from "../../data/limits";
import { type Day, dayName, daysBetween, monthName, type Period, spanName } from "../../lib/periods";
import { kindNames } from "../payment-form";

export type View = "sums" | "methods" | "kinds";

export interface Column {
  name: string;
  cents(totals: CurrencyTotals): number;
  /** Stands out: what the others come to. */
  main?: true;
}

/** The currencies of a report, the operator's own first. */
export function currenciesOf({ totals }: Summary): string[] {
  return [totals.currency, ...totals.other_currencies.map(({ currency }) => currency)];
}

/** The part of some totals that is in one currency. */
export function inCurrency(totals: Totals, currency: string): CurrencyTotals {
  return (
    [totals, ...totals.other_currencies].find((part) => part.currency === currency) ?? {
      currency,
      received_cents: 0,
      refunded_cents: 0,
      tips_cents: 0,
      uncleared_cents: 0,
      count: 0,
      by_method: {},
      by_kind: { deposit: 0, balance: 0, tip: 0, refund: 0 },
    }
  );
}

/** Fees less refunds; tips stand outside. */
export function netCents({ received_cents, refunded_cents }: CurrencyTotals): number {
  return received_cents - refunded_cents;
}

/** The columns of a view; methods and kinds without any money are left out. */
export function columns(view: View, totals: CurrencyTotals): Column[] {
  if (view === "methods") {
    const used = paymentMethods.filter((method) => totals.by_method[method] !== undefined);
    return [
      ...used.map((method) => ({
        name: methods[method].label,
        cents: ({ by_method }: CurrencyTotals) => by_method[method] ?? 0,
      })),
      { name: "Together", cents: methodsCents, main: true },
    ];
  }
  if (view === "kinds") {
    const used = paymentKinds.filter((kind) => totals.by_kind[kind]);
    return used.map((kind) => ({ name: `${kindNames[kind]}s`, cents: ({ by_kind }) => by_kind[kind] }));
  }
  return [
    { name: "Received", cents: (totals) => totals.received_cents },
    { name: "Refunded", cents: (totals) => totals.refunded_cents },
    { name: "Net", cents: netCents, main: true },
    { name: "Tips", cents: (totals) => totals.tips_cents },
    { name: "Not cleared", cents: (totals) => totals.uncleared_cents },
  ];
}

function methodsCents({ by_method }: CurrencyTotals): number {
  return Object.values(by_method).reduce((sum, cents) => sum + cents, 0);
}

export function periodName(period: PeriodTotals, by: PeriodLength): string {
  if (by === "day") return dayName(period.from);
  return by === "week" ? spanName(period) : monthName(period.from);
}

const MAX_DAYS = 400;

/** Why a range cannot be reported by that length; empty when it can. */
export function tooLong({ from, to }: Period, by: PeriodLength): string {
  return by === "day" && daysBetween(from, to) >= MAX_DAYS
    ? `By day, at most ${MAX_DAYS} days. Choose weeks or months, or a shorter range.`
    : "";
}

/** The rows of a report: nothing of what is to come, and of a year of days only those with a payment. */
export function shownPeriods({ by, periods }: Summary, currency: string, today: Day): PeriodTotals[] {
  return periods.filter(({ from, totals }) => {
    return hasEntries(inCurrency(totals, currency)) || (by !== "day" && from <= today);
  });
}

export function hasEntries({ count }: CurrencyTotals): boolean {
  return count > 0;
}
