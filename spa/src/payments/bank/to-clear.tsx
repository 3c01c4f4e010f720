import { useEffect, useRef, useState } from "preact/hooks";
import { keepAnswer } from "../../data/charters";
import type { ListedPayment } from "../../data/contract";
import { bouncePayment, clearPayment, listToClear } from "../../data/later-api";
import { methods } from "../../data/limits";
import { usePages } from "../../lib/answer";
import { href } from "../../lib/browser/router";
import { nowMs, operatorTimezone } from "../../lib/clock";
import { formatMoney } from "../../lib/money";
import { today } from "../../lib/periods";
import { formatDay, useNow } from "../../lib/time";
import { Button } from "../../ui/button";
import { ReasonDialog } from "../../ui/dialog/reason-dialog";
import { Field } from "../../ui/form/field";
import { lazy, NotLoaded } from "../../ui/lazy";
import { LoadButton } from "../../ui/load-button";
import { announce } from "../../ui/notices";
import { Failed, keepFocus, Skeleton } from "../../ui/page";
import { amountText, canBounce } from "../statement/statement-text";
import { age, clearedAt, eachOf, sumText, waitingText } from "./clearing";
import { reason } from "./reason";
import { countOf, waitingCount } from "./waiting";
import "./to-clear.css";

const AT_ONCE = 3;

/** With the readers of bank files, which most visits do not need. */
const BankFiles = lazy(async () => (await import("./proposals/bank-files")).BankFiles, WaitingForFiles);

/** What was received and has not cleared, oldest first; many are marked at once, each by an act of its own. */
export function ToClear() {
  const asked = usePages(
    (cursor) => listToClear({ limit: 100, cursor }),
    (known, next) => ({ ...next, payments: [...known.payments, ...next.payments] }),
    [],
  );
  const { answer: page, error, again, setAnswer, more } = asked;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [day, setDay] = useState("");
  const [half, setHalf] = useState(false);
  const dayInput = useRef<HTMLInputElement>(null);
  const [failures, setFailures] = useState<ReadonlyMap<string, string>>(new Map());
  const [progress, setProgress] = useState("");
  const [bouncing, setBouncing] = useState<ListedPayment | null>(null);
  const now = new Date(useNow());

  const payments = page?.payments ?? [];
  const ids = payments.map(({ payment_id }) => payment_id);
  const selected = payments.filter(({ payment_id }) => chosen.has(payment_id));
  const all = payments.length > 0 && selected.length === payments.length;
  const drained = page !== null && payments.length === 0 && page.next_cursor !== null;
  const waiting = page ? countOf(page.totals) : 0;
  const tray = selected.length > 0 || progress !== "";

  useEffect(() => {
    if (drained) void again();
  }, [drained]);
  useEffect(() => {
    if (page) waitingCount.value = waiting;
  }, [page, waiting]);

  const choose = (ids: readonly string[], on: boolean) => {
    setChosen((chosen) => {
      const others = [...chosen].filter((id) => !ids.includes(id));
      return new Set(on ? [...others, ...ids] : others);
    });
  };

  const gone = ({ payment_id }: ListedPayment) => {
    setAnswer((known) => ({
      ...known,
      payments: known.payments.filter((other) => other.payment_id !== payment_id),
      totals: { ...known.totals, count: known.totals.count - 1 },
    }));
    choose([payment_id], false);
  };

  const markCleared = async () => {
    // Half a day reads as none, and none means now.
    const typedHalf = dayInput.current?.validity.badInput ?? false;
    setHalf(typedHalf);
    if (typedHalf) {
      dayInput.current?.focus();
      return;
    }
    const failed = new Map<string, string>();
    let done = 0;
    const say = () => setProgress(`Marking: ${done} of ${selected.length} done…`);
    setFailures(failed);
    say();
    await eachOf(selected, AT_ONCE, async (payment) => {
      try {
        const at = clearedAt(day, payment, new Date(nowMs()), operatorTimezone());
        keepAnswer(await clearPayment(payment, at));
        gone(payment);
      } catch (error) {
        failed.set(payment.payment_id, reason(error));
      }
      done++;
      say();
    });
    setFailures(failed);
    setProgress("");
    keepFocus();
    const cleared = selected.length - failed.size;
    if (failed.size === 0) announce(`Marked ${count(cleared)} cleared.`);
    else announce(`${cleared} marked cleared, ${failed.size} not: see the list.`, "bad");
  };

  return (
    <>
      <h1 tabIndex={-1}>To clear</h1>
      {error !== null && <Failed what="What is to clear could not be loaded." error={error} onRetry={again} />}
      {(page === null || drained) && error === null && <Skeleton rows={3} />}
      {page && <BankFiles currency={page.totals.currency} onGone={gone} />}
      {page && payments.length === 0 && !drained && (
        <div class="empty">
          <p class="empty-title">Nothing is to clear.</p>
          <p>
            Checks and all else that takes time to clear stand here from when they are logged until you have seen them
            on the bank’s statement.
          </p>
        </div>
      )}
      {page && payments.length > 0 && (
        <>
          <section class="panel clear-panel" aria-label="Payments to clear">
            <p>
              {waiting === 1 ? "1 payment is" : `${waiting} payments are`} not cleared yet
              {!page.next_cursor && `: ${waitingText(payments)}`}. Mark what the bank’s statement shows.
            </p>
            <label class="check">
              <input type="checkbox" checked={all} disabled={progress !== ""} onChange={() => choose(ids, !all)} />
              Select all {page.next_cursor ? "that are shown" : ""}
            </label>
            <ul class="statement">
              {payments.map((payment) => (
                <Row
                  key={payment.payment_id}
                  payment={payment}
                  now={now}
                  checked={chosen.has(payment.payment_id)}
                  busy={progress !== ""}
                  failure={failures.get(payment.payment_id) ?? ""}
                  onCheck={(on) => choose([payment.payment_id], on)}
                  onBounce={() => setBouncing(payment)}
                />
              ))}
            </ul>
            {page.next_cursor && <LoadButton label="Show more" load={more} />}
          </section>
          <section class={`panel tray no-print${tray ? " tray-full" : ""}`} aria-label="Selected">
            <p class="tray-sum" role="status">
              {progress ||
                (selected.length === 0
                  ? "Nothing is selected."
                  : `${count(selected.length)} selected: ${sumText(selected)}`)}
            </p>
            {tray && (
              <>
                <Field label="Cleared on (optional)" error={half ? "Enter the whole day, or none." : undefined}>
                  {(props) => (
                    <input
                      {...props}
                      ref={dayInput}
                      type="date"
                      max={today()}
                      value={day}
                      onInput={(event) => setDay(event.currentTarget.value)}
                    />
                  )}
                </Field>
                <Button class="primary" disabled={progress !== ""} onClick={() => void markCleared()}>
                  Mark {selected.length} cleared
                </Button>
              </>
            )}
          </section>
        </>
      )}
      {bouncing && (
        <ReasonDialog
          title="Payment bounced"
          explanation={`The bank took ${amountText(bouncing)} back. It counts no more, and the patron is told.`}
          button="Mark as bounced"
          onClose={() => setBouncing(null)}
          act={async (reason) => {
            keepAnswer(await bouncePayment(bouncing, reason));
            gone(bouncing);
            announce(`Marked as bounced: ${amountText(bouncing)}.`);
          }}
        />
      )}
    </>
  );
}

function WaitingForFiles({ failed, onRetry }: { failed: boolean; onRetry(): void }) {
  return failed ? <NotLoaded onRetry={onRetry} /> : <Skeleton rows={1} kind="line" />;
}

interface RowProps {
  payment: ListedPayment;
  now: Date;
  checked: boolean;
  busy: boolean;
  failure: string;
  onCheck(on: boolean): void;
  onBounce(): void;
}

function Row({ payment, now, checked, busy, failure, onCheck, onBounce }: RowProps) {
  const { text: old, late } = age(payment, now, operatorTimezone());
  return (
    <li class="clear-row">
      <label class="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={busy}
          onChange={(event) => onCheck(event.currentTarget.checked)}
        />
        <span class="clear-what">
          <strong>
            {methods[payment.method].label} {payment.reference}
          </strong>
          <span>{payment.payer}</span>
        </span>
        <strong class="clear-amount">
          {payment.kind === "refund" && "−"}
          {formatMoney(payment.amount_cents, payment.currency)}
        </strong>
      </label>
      <div class="clear-more">
        <p>
          <span class={`badge badge-${late ? "due" : "calm"}`}>{old}</span>{" "}
          <span class="entry-small">received {formatDay(payment.received_at, operatorTimezone())}</span>
        </p>
        <p class="buttons record-actions">
          <a class="button quiet" href={href(`/events/${payment.event_id}`)}>
            {payment.charter}
          </a>
          {canBounce(payment) && (
            <Button disabled={busy} onClick={onBounce}>
              Bounced…<span class="visually-hidden"> {amountText(payment)}</span>
            </Button>
          )}
        </p>
        {failure && (
          <p class="error" role="alert">
            Not marked. {failure}
          </p>
        )}
      </div>
    </li>
  );
}

function count(payments: number): string {
  return payments === 1 ? "1 payment" : `${payments} payments`;
}
