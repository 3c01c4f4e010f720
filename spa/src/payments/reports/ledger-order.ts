import type { ListedPayment } from "../../data/contract";
import { methods } from "../../data/limits";
import { kindNames } from "../payment-form";
import { stateText } from "./ledger-text";

export type Column = "date" | "from" | "charter" | "for" | "how" | "state" | "amount";

/** By which column the ledger stands, and whether the latest, the largest or the last of the alphabet comes first. */
export interface Order {
  by: Column;
  down: boolean;
}

export const newestFirst: Order = { by: "date", down: true };

/** The order after a tap on a column's head: that column, the other way round at the second tap. */
export function nextOrder(order: Order, by: Column): Order {
  if (order.by === by) return { by, down: !order.down };
  return { by, down: by === "date" || by === "amount" };
}

/** The payments in an order; those that are equal in it stand newest first. */
export function inOrder(payments: readonly ListedPayment[], { by, down }: Order): ListedPayment[] {
  const sign = down ? -1 : 1;
  return [...payments].sort((a, b) => sign * compare[by](a, b) || -byDate(a, b));
}

type Compare = (a: ListedPayment, b: ListedPayment) => number;

const { compare: byText } = new Intl.Collator("en", { numeric: true });
const byTextOf =
  (text: (payment: ListedPayment) => string): Compare =>
  (a, b) =>
    byText(text(a), text(b));

const byDate: Compare = (a, b) =>
  a.received_at < b.received_at ? -1 : a.received_at > b.received_at ? 1 : byRecorded(a, b);
const byRecorded: Compare = (a, b) => (a.recorded_at < b.recorded_at ? -1 : a.recorded_at > b.recorded_at ? 1 : 0);

const compare: Record<Column, Compare> = {
  date: byDate,
  from: byTextOf(({ payer }) => payer),
  charter: byTextOf(({ charter }) => charter),
  for: byTextOf(({ kind }) => kindNames[kind]),
  how: byTextOf(({ method, reference }) => `${methods[method].label} ${reference}`),
  state: byTextOf(stateText),
  // Amounts of two currencies cannot be compared: each currency stands together.
  amount: (a, b) => byText(b.currency, a.currency) || signed(a) - signed(b),
};

const signed = ({ kind, amount_cents }: ListedPayment) => (kind === "refund" ? -amount_cents : amount_cents);
