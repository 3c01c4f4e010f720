import type { ListedPayment } from "../../data/contract";
import { isLive } from "../../data/ledger";

/** What is carried to the bank of one day and currency. */
export interface DepositSlip {
  currency: string;
  checks: ListedPayment[];
  cash: ListedPayment[];
  /** Cash that went back to patrons out of the same box. */
  cash_refunds: ListedPayment[];
  checks_cents: number;
  /** Cash received less cash given back; below zero when more went out. */
  cash_cents: number;
  total_cents: number;
}

/** Checks and cash of a day's payments, tips too; voided and bounced ones are not there any more. */
export function depositSlips(payments: readonly ListedPayment[]): DepositSlip[] {
  const live = payments.filter(isLive);
  const currencies = [...new Set(live.map(({ currency }) => currency))];
  return currencies
    .map((currency) => slip(currency, live))
    .filter(({ checks, cash, cash_refunds }) => checks.length + cash.length + cash_refunds.length > 0);
}

function slip(currency: string, payments: readonly ListedPayment[]): DepositSlip {
  const of = (method: string, refund: boolean) =>
    payments.filter(
      (payment) => payment.currency === currency && payment.method === method && (payment.kind === "refund") === refund,
    );
  const checks = of("check", false);
  const cash = of("cash", false);
  const cash_refunds = of("cash", true);
  const checks_cents = sum(checks);
  const cash_cents = sum(cash) - sum(cash_refunds);
  return { currency, checks, cash, cash_refunds, checks_cents, cash_cents, total_cents: checks_cents + cash_cents };
}

function sum(payments: readonly ListedPayment[]): number {
  return payments.reduce((cents, { amount_cents }) => cents + amount_cents, 0);
}
