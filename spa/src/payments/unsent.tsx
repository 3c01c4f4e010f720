import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { charters } from "../data/charters";
import { lastSaved, outbox } from "../data/device-outbox";
import { firstPayment, type OutboxEntry, questionOf, type SentAnswer, sentPayments } from "../data/outbox-entry";
import { session } from "../data/session";
import { navigate } from "../lib/browser/router";
import { operatorTimezone } from "../lib/clock";
import { formatMoney } from "../lib/money";
import { useValue } from "../lib/observable";
import { formatRecent } from "../lib/time";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog/dialog-form";
import { announce } from "../ui/notices";
import { openPaymentDialog } from "./payment-dialog";
import { Answers, amountText, answerQuestion, questions, questionText } from "./questions";
import "./unsent.css";

/** Payments of a charter that the server has not confirmed, and what can be done about them. */
export function UnsentPayments({ event_id }: { event_id: string }) {
  const entries = useValue(outbox.entries).filter((entry) => entry.event_id === event_id);
  if (entries.length === 0) return null;
  return (
    <ul class="unsent">
      {entries.map((entry) => (
        <li key={entry.payment_id} class={`strip strip-${entry.state === "refused" ? "bad" : "wait"}`}>
          <Unsent entry={entry} />
        </li>
      ))}
    </ul>
  );
}

function Unsent({ entry }: { entry: OutboxEntry }) {
  const charter = useValue(charters).get(entry.event_id);
  const loggedIn = useValue(session).state === "in";
  const sending = useValue(outbox.sending);
  const asked = questionOf(entry);
  if (entry.state === "waiting") {
    return (
      <>
        <p>
          <strong>{amountText(entry)}: not sent yet.</strong> Waiting {sinceText(entry)}.{" "}
          {loggedIn && (sending ? "Sending…" : (entry.problem?.message ?? "It sends itself."))}
          {!loggedIn && "Log in to send it."}
        </p>
        {entry.problem && <Button onClick={() => void outbox.flush()}>Send now</Button>}
      </>
    );
  }
  const correct = () => openPaymentDialog(entry.event_id, { correct: entry });
  if (asked) {
    return (
      <>
        <p>
          <strong>
            {amountText(entry)}: {questions[asked].short}
          </strong>{" "}
          {questionText(entry, charter)} Yours has been waiting {sinceText(entry)}.
        </p>
        <span class="buttons">
          <Answers entry={entry} onAnswer={(yes) => void answerQuestion(entry, yes, correct)} />
          {asked !== "duplicate" && <Discard entry={entry} />}
        </span>
      </>
    );
  }
  return (
    <>
      <p>
        <strong>{amountText(entry)}: not accepted.</strong> Waiting {sinceText(entry)}. {entry.problem?.message}
      </p>
      <span class="buttons">
        <Button onClick={correct}>Correct</Button>
        <Button onClick={() => void outbox.retry(entry.payment_id)}>Try again</Button>
        <Discard entry={entry} />
      </span>
    </>
  );
}

function Discard({ entry }: { entry: OutboxEntry }) {
  const [discarding, setDiscarding] = useState(false);
  return (
    <>
      <Button class="danger" onClick={() => setDiscarding(true)}>
        Discard…
      </Button>
      {discarding && (
        <ConfirmDialog
          title={`Discard ${amountText(entry)}?`}
          submit="Discard"
          back="Keep"
          doing="Discarding…"
          failed="Not discarded."
          danger
          act={() => outbox.discard(entry.payment_id)}
          onClose={() => setDiscarding(false)}
        >
          <p>It was never recorded, and nothing of it stays. If the money has changed hands, correct it instead.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** On every page: what waits, since when, and where to look; and what has been saved. */
export function OutboxStrip() {
  useEffect(() => lastSaved.subscribe(announceSaved), []);
  const keepsNothing = useValue(outbox.keepsNothing);
  const entries = useValue(outbox.entries);
  const refused = entries.filter(({ state }) => state === "refused");
  const waiting = entries.filter(({ state }) => state === "waiting");
  return (
    <>
      {keepsNothing && (
        <div class="strip outbox-strip strip-wait" role="status">
          <p>This device keeps nothing. Payments are sent at once: leave this page open until each is saved.</p>
        </div>
      )}
      {refused.length > 0 && (
        <OutboxList entries={refused} tone="bad" title={refusedText(refused)}>
          <Button onClick={() => navigate(`/events/${refused[0]?.event_id}`)}>Open charter</Button>
        </OutboxList>
      )}
      {waiting.length > 0 && (
        <OutboxList entries={waiting} tone="wait" title={`${waiting.length} not sent yet`}>
          <Button onClick={() => void outbox.flush()}>Send now</Button>
        </OutboxList>
      )}
    </>
  );
}

interface OutboxListProps {
  entries: readonly OutboxEntry[];
  tone: "bad" | "wait";
  title: string;
  children: ComponentChildren;
}

function OutboxList({ entries, tone, title, children }: OutboxListProps) {
  const known = useValue(charters);
  const text = (entry: OutboxEntry) => {
    const charter = known.get(entry.event_id);
    return `${amountText(entry)}${charter ? ` for ${charter.title}` : ""}, ${sinceText(entry)}`;
  };
  const [oldest] = entries;
  return (
    <div class={`strip outbox-strip strip-${tone}`} role="status">
      {oldest && entries.length === 1 ? (
        <p>
          <strong>{title}:</strong> {text(oldest)}
        </p>
      ) : (
        <details>
          <summary>
            <strong>{title}</strong>
            {oldest && `, ${sinceText(oldest)}`}
          </summary>
          <ul>
            {entries.map((entry) => (
              <li key={entry.payment_id}>{text(entry)}</li>
            ))}
          </ul>
        </details>
      )}
      {children}
    </div>
  );
}

function announceSaved(answer: SentAnswer | null): void {
  if (!answer) return;
  const { payment, event: charter } = answer;
  const cents = sentPayments(answer).reduce((sum, { amount_cents }) => sum + amount_cents, 0);
  announce(`Saved: ${formatMoney(cents, payment.currency)} for ${charter.title}.`);
}

function refusedText(entries: readonly OutboxEntry[]): string {
  if (entries.every(firstPayment)) return `${entries.length} may be logged already`;
  return entries.every(questionOf) ? `${entries.length} to look at` : `${entries.length} not accepted`;
}

function sinceText({ created_at }: OutboxEntry): string {
  return `since ${formatRecent(created_at, operatorTimezone())}`;
}
