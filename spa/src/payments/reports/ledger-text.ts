import type { ListedPayment } from "../../data/contract";
import { isLive } from "../../data/ledger";
import { methods } from "../../data/limits";
import { formatMoney } from "../../lib/money";
import { hasWords } from "../../lib/names";
import { kindNames } from "../payment-form";
import { undoneWord } from "../statement/statement-text";

export const stateNames = { received: "To clear", cleared: "Cleared", bounced: "Bounced", voided: "Voided" };

export function stateText(payment: ListedPayment): string {
  return isLive(payment) ? stateNames[payment.status] : undoneWord(payment);
}

/** Whether every word that was typed is somewhere in who paid, for what, how, how much and its number. */
export function isFound(payment: ListedPayment, search: string): boolean {
  const { payer, charter, reference, note, amount_cents, currency, method, kind } = payment;
  const text = [payer, charter, reference, note, formatMoney(amount_cents, currency)];
  return hasWords([...text, methods[method].label, kindNames[kind], stateText(payment)].join(" "), search);
}
