import type { Charter } from "../data/contract";
import { outbox } from "../data/device-outbox";
import { methods } from "../data/limits";
import type { FirstPayment, OutboxEntry } from "../data/outbox";
import { formatMoney } from "../lib/money";
import { browserTimezone, formatMoment } from "../lib/time";
import { Button } from "../ui/button";

/** Who logged the first of two payments that may be one, and when. */
export function firstText(entry: OutboxEntry, first: FirstPayment, charter?: Charter): string {
  const when = formatMoment(first.recorded_at, charter?.timezone ?? browserTimezone);
  return `${amountText(entry)} was logged for this charter by ${first.recorded_by} on ${when}.`;
}

/** A payment in the outbox: `$480.00 cash`. */
export function amountText({ request, currency }: OutboxEntry): string {
  return `${formatMoney(request.amount_cents, currency)} ${methods[request.method].name}`;
}

interface Props {
  entry: OutboxEntry;
  /** Called at the choice; the payment is then gone or on its way. */
  onChoice?(choice: "same" | "second"): void;
}

/** The two answers to the question whether a payment is the one that is there already. */
export function DuplicateChoices({ entry, onChoice }: Props) {
  const choose = (choice: "same" | "second") => {
    if (onChoice) onChoice(choice);
    else if (choice === "same") void outbox.discard(entry.payment_id);
    else void outbox.sendAsSecond(entry.payment_id);
  };
  return (
    <span class="buttons">
      <Button onClick={() => choose("same")}>Same payment: discard this one</Button>
      <Button onClick={() => choose("second")}>It is a second payment: log it too</Button>
    </span>
  );
}
