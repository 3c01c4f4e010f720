import type { Charter } from "../data/contract";
import { type OutboxEntry, totalCents } from "../data/outbox-entry";
import { nowMs } from "../lib/clock";
import { formatMoneyShort } from "../lib/money";
import "./money-state.css";

type Tone = "good" | "part" | "due" | "calm";

interface MoneyState {
  tone: Tone;
  label: string;
  /** What is left to pay, in words; empty when nothing is. */
  due: string;
  /** What the label leaves out: money that is to clear, or not sent yet. */
  remark: string;
}

/** How a charter stands, readable at a glance. */
export function moneyState(charter: Charter, unsent: readonly OutboxEntry[] = [], now_ms = nowMs()): MoneyState {
  const { balance, currency } = charter;
  const money = (cents: number) => formatMoneyShort(cents, currency);
  const unsent_cents = unsent
    .filter(({ request }) => request.kind !== "refund")
    .reduce((sum, entry) => sum + totalCents(entry), 0);
  const remarks = [
    balance.uncleared_cents > 0 ? `${money(balance.uncleared_cents)} to clear` : "",
    unsent.length > 0 ? `${unsent.length} not sent yet${unsent_cents > 0 ? ` (${money(unsent_cents)})` : ""}` : "",
  ];
  // Before the end of a charter money is due, after it owed.
  const word = Date.parse(charter.ends_at) < now_ms ? "Owed" : "Due";
  const due = balance.balance_due_cents > 0 ? `${word} ${money(balance.balance_due_cents)}` : "";
  return { ...verdict(charter, due, money), due, remark: remarks.filter(Boolean).join(" · ") };
}

function verdict(
  { balance, status, payment_cleared: settled }: Charter,
  due: string,
  money: (cents: number) => string,
): Omit<MoneyState, "due" | "remark"> {
  const { charged_cents, balance_due_cents, to_refund_cents } = balance;
  const held_cents = balance.received_cents - balance.refunded_cents;
  if (status === "cancelled") {
    if (to_refund_cents > 0) return { tone: "part", label: `To refund ${money(to_refund_cents)}` };
    if (due) return { tone: "due", label: due };
    return { tone: "calm", label: "Nothing due" };
  }
  if (charged_cents === 0) {
    if (held_cents > 0) return { tone: "good", label: `Paid ${money(held_cents)}` };
    return settled ? { tone: "good", label: "Paid" } : { tone: "calm", label: "No fee set" };
  }
  if (balance_due_cents < 0) return { tone: "part", label: `Overpaid ${money(-balance_due_cents)}` };
  if (balance_due_cents === 0) return { tone: "good", label: "Paid" };
  if (balance_due_cents < charged_cents) {
    const what = balance.deposits_cents === balance.received_cents ? "Deposit" : "Part paid";
    return { tone: "part", label: `${what} ${money(held_cents)} of ${money(charged_cents)}` };
  }
  return { tone: "due", label: due };
}

/**
 * The same in the two lines of a column: what is due stands above what was paid of it.
 * `late`: what is due by now should have been paid, and nothing should be.
 */
export function MoneyColumn({
  charter,
  unsent,
  late,
}: {
  charter: Charter;
  unsent: readonly OutboxEntry[];
  late: boolean;
}) {
  const { tone, label, due, remark } = moneyState(charter, unsent);
  return (
    <div class="money">
      <p class="money-line">
        <strong class={`money-lead tone-${due ? (late ? "due" : "plain") : tone}`}>{due || label}</strong>
        {remark && <span class="money-more">{remark}</span>}
      </p>
      {due && due !== label && <p class="money-more">{label}</p>}
    </div>
  );
}
