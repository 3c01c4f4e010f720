import type { Charter } from "../data/contract";
import { nowMs } from "../lib/clock";
import { formatMoney, formatMoneyShort } from "../lib/money";
import { formatDay } from "../lib/time";

interface Props {
  charter: Charter;
  /** Whether its balance counts payments that this device has not sent yet. */
  withUnsent: boolean;
}

/** What a payment is for: the charter, whose it is, when, and what is due of it. */
export function AboutCharter({ charter, withUnsent }: Props) {
  const { title, patron, starts_at, timezone, balance, currency } = charter;
  return (
    <p class="dialog-about">
      <strong>{title}</strong>
      <span class={isLate(charter) ? "tone-due" : undefined}>
        {dueText(charter)}
        {withUnsent && " with what is not sent yet"}
      </span>
      <small>{[patron.name, formatDay(starts_at, timezone)].filter(Boolean).join(", ")}</small>
      {balance.charged_cents > 0 && <small>of {formatMoneyShort(balance.charged_cents, currency)}</small>}
    </p>
  );
}

/** It is over, and not paid. */
function isLate({ ends_at, balance }: Charter): boolean {
  return balance.balance_due_cents > 0 && Date.parse(ends_at) < nowMs();
}

function dueText({ balance, currency, status }: Charter): string {
  const due_cents = balance.balance_due_cents;
  if (due_cents > 0) return `${formatMoney(due_cents, currency)} due`;
  if (status === "cancelled") {
    return due_cents < 0 ? `Cancelled: ${formatMoney(-due_cents, currency)} to refund` : "Cancelled: nothing due";
  }
  if (due_cents < 0) return `Overpaid by ${formatMoney(-due_cents, currency)}`;
  return balance.charged_cents > 0 ? "Paid in full" : "No fee set";
}
