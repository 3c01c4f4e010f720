import { useEffect, useRef } from "preact/hooks";
import type { Charter } from "../data/contract";
import { outbox } from "../data/device-outbox";
import { methods } from "../data/limits";
import { firstPayment, type OutboxEntry, type Question, questionOf, totalCents, trueTime } from "../data/outbox-entry";
import { operatorTimezone } from "../lib/clock";
import { formatMoney } from "../lib/money";
import { formatMoment } from "../lib/time";
import { Button } from "../ui/button";

/** What the server may ask about a payment before it records it: as a title, as the end of a sentence, its answers. */
export const questions: Record<Question, { title: string; short: string; yes: string; no: string }> = {
  duplicate: {
    title: "Is this a second payment?",
    short: "is it a second payment?",
    yes: "It is a second payment: log it too",
    no: "Same payment: discard this one",
  },
  unusual: {
    title: "Is this amount right?",
    short: "is the amount right?",
    yes: "The amount is right: log it",
    no: "Correct it",
  },
  clock: {
    title: "Was it received at this time?",
    short: "is the time right?",
    yes: "The time is right: log it",
    no: "Correct it",
  },
};

interface QuestionProps {
  entry: OutboxEntry;
  charter: Charter;
  saving: boolean;
  onAnswer(yes: boolean): void;
}

/** A question in the dialog of the payment that it is about. */
export function QuestionBody({ entry, charter, saving, onAnswer }: QuestionProps) {
  const paragraph = useRef<HTMLParagraphElement>(null);
  // The form that had the focus is gone. Nothing is chosen by one Enter too many.
  useEffect(() => paragraph.current?.focus(), []);
  return (
    <div class="dialog-body">
      <p ref={paragraph} tabIndex={-1}>
        {questionText(entry, charter)}
      </p>
      {questionOf(entry) === "duplicate" && <p>Yours is not logged yet. Is it the same money, or was it paid twice?</p>}
      <span class="buttons">
        <Answers entry={entry} onAnswer={onAnswer} />
      </span>
      <p role="status">{saving ? "Saving…" : ""}</p>
    </div>
  );
}

/** Why it asks. */
export function questionText(entry: OutboxEntry, charter?: Charter): string {
  const timezone = charter?.timezone ?? operatorTimezone();
  const first = firstPayment(entry);
  if (first) {
    const when = formatMoment(first.recorded_at, timezone);
    const same = entry.rest
      ? `${formatMoney(first.amount_cents, entry.currency)} ${methods[first.method].name}`
      : amountText(entry);
    return `${same} was logged for this charter by ${first.recorded_by} on ${when}.`;
  }
  const message = entry.problem?.message ?? "";
  if (questionOf(entry) !== "clock") return message;
  return `${message} By the server’s clock it was received ${formatMoment(trueTime(entry), timezone)}.`;
}

/** A payment in the outbox: `$480.00 cash`; `$950.00 in 3 parts` for several that were logged as one. */
export function amountText(entry: OutboxEntry): string {
  const { request, rest, currency } = entry;
  const amount = formatMoney(totalCents(entry), currency);
  return rest ? `${amount} in ${rest.length + 1} parts` : `${amount} ${methods[request.method].name}`;
}

interface Props {
  entry: OutboxEntry;
  /** Called with yes when the payment is to be logged as it is. */
  onAnswer(yes: boolean): void;
}

/** The two answers to what the server has asked. */
export function Answers({ entry, onAnswer }: Props) {
  const { yes, no } = questions[questionOf(entry) ?? "unusual"];
  return (
    <>
      <Button onClick={() => onAnswer(false)}>{no}</Button>
      <Button onClick={() => onAnswer(true)}>{yes}</Button>
    </>
  );
}

/** A yes logs it; a no discards the same payment, and opens any other to be corrected. */
export async function answerQuestion(entry: OutboxEntry, yes: boolean, correct: () => void): Promise<void> {
  if (yes) await outbox.confirm(entry.payment_id);
  else if (questionOf(entry) === "duplicate") await outbox.discard(entry.payment_id);
  else correct();
}
