import type { CurrencyTotals, Grouping, PeriodLength, PeriodTotals, Summary, Totals } from "../../data/contract";
import { methods, paymentKinds, paymentMethods } from "../../data/limits";
import { type Day, dayName, daysBetween, monthName, type Period, spanName } from "../../lib/periods";
import type { Apart } from "../named";
import { kindNames } from "../payment-form";
import { groupKey, groupName, ledgerPath, type OfCharters } from "./of-charters";

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

/** What the sums of payments are called. Tips are no part of what was received; what is to clear is part of both. */
export const sumNames = {
  received: "Received",
  refunded: "Given back",
  net: "Kept",
  tips: "Tips besides",
  uncleared: "To clear",
};

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
    { name: sumNames.received, cents: (totals) => totals.received_cents },
    { name: sumNames.refunded, cents: (totals) => totals.refunded_cents },
    { name: sumNames.net, cents: netCents, main: true },
    { name: sumNames.tips, cents: (totals) => totals.tips_cents },
    { name: sumNames.uncleared, cents: (totals) => totals.uncleared_cents },
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

/** Why a range cannot be reported so; empty when it can. */
export function tooLong({ from, to }: Period, by: Summary["by"]): string {
  return by === "day" && daysBetween(from, to) >= MAX_DAYS
    ? `By day, at most ${MAX_DAYS} days. Choose weeks or months, or a shorter range.`
    : "";
}

/** A period, a boat or a captain. */
export interface ReportRow {
  key: string;
  name: string;
  /** Of a boat or captain: of how many charters these payments are. */
  charters: number | null;
  totals: CurrencyTotals;
  /** Where its payments are listed; null for those of charters that name no boat or captain. */
  path: string | null;
}

interface Asked {
  range: Period;
  of: OfCharters;
  today: Day;
  /** What tells boats or captains of one name apart. */
  apart: Apart | null;
}

/** The rows of a report about some charters in a range. */
export function reportRows(summary: Summary, currency: string, asked: Asked): ReportRow[] {
  const { by } = summary;
  const { of, today } = asked;
  if (isGrouping(by)) return groupRows(summary, by, currency, asked);
  return shownPeriods(summary, currency, today).map((period) => ({
    key: period.from,
    name: periodName(period, by),
    charters: null,
    totals: inCurrency(period.totals, currency),
    path: ledgerPath(period, of),
  }));
}

export function isGrouping(by: Summary["by"]): by is Grouping {
  return by === "boat" || by === "captain";
}

function groupRows({ groups }: Summary, by: Grouping, currency: string, { range, of, apart }: Asked): ReportRow[] {
  return groups
    .map((group) => ({
      key: groupKey(group),
      name: groupName(group, by, groups, apart),
      charters: group.charters,
      totals: inCurrency(group.totals, currency),
      path: group.name === "" ? null : ledgerPath(range, { ...of, [by]: groupKey(group) }),
    }))
    .filter(({ totals }) => hasEntries(totals));
}

/** How long the bar of each row is, in percent of the longest; nothing for what is not above zero. */
export function barLengths(values: readonly number[]): number[] {
  const highest = Math.max(...values);
  return values.map((value) => (value > 0 ? (100 * value) / highest : 0));
}

/** The periods of a report: nothing of what is to come, and of a year of days only those with a payment. */
export function shownPeriods({ by, periods }: Summary, currency: string, today: Day): PeriodTotals[] {
  return periods.filter(({ from, totals }) => {
    return hasEntries(inCurrency(totals, currency)) || (by !== "day" && from <= today);
  });
}

export function hasEntries({ count }: CurrencyTotals): boolean {
  return count > 0;
}
