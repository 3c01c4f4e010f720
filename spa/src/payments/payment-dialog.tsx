import { useEffect, useId, useRef, useState } from "preact/hooks";
import { readPayments } from "../data/api";
import { charters, records, remembered } from "../data/charters";
import type { Charter, Payment } from "../data/contract";
import { outbox } from "../data/device-outbox";
import { methods, paymentLimits } from "../data/limits";
import { type OutboxEntry, type Problem, questionOf } from "../data/outbox";
import { session } from "../data/session";
import { useAnswer } from "../lib/answer";
import { clockFault, nowMs, operatorClock } from "../lib/clock";
import { formatMoney } from "../lib/money";
import { Observable, useValue } from "../lib/observable";
import { formatMoment, localDay, toLocal, zoneIfForeign } from "../lib/time";
import { uuid7 } from "../lib/uuid";
import { Dialog } from "../ui/dialog";
import { DialogForm } from "../ui/dialog-form";
import { type Errors, Field, focusFirstError, sentences, unplaced } from "../ui/field";
import { announce } from "../ui/notices";
import { TextInput } from "../ui/text-input";
import { Choices } from "./choices";
import {
  kindNames,
  methodNames,
  type PaymentForm,
  paymentForm,
  readPaymentForm,
  refundable,
  withKind,
  withRefundOf,
} from "./payment-form";
import { Answers, amountText, answerQuestion, questions, questionText } from "./questions";
import "./payment-dialog.css";

/** How long the dialog waits for an answer before it leaves the payment to the outbox. */
const PATIENCE_MS = 6_000;

interface Opened {
  event_id: string;
  correct?: OutboxEntry;
  filled?: Partial<PaymentForm>;
}

const opened = new Observable<Opened | null>(null);

/** Opens Log payment for a charter that is known: to correct a refused payment, or with fields that are filled already. */
export function openPaymentDialog(event_id: string, more: Omit<Opened, "event_id"> = {}): void {
  opened.value = { event_id, ...more };
}

export function closePaymentDialog(): void {
  opened.value = null;
}

export function PaymentDialogs() {
  const what = useValue(opened);
  const charter = useValue(charters).get(what?.event_id ?? "");
  if (!what || !charter) return null;
  return (
    <PaymentDialog
      key={what.correct?.payment_id ?? what.event_id}
      {...what}
      charter={charter}
      onClose={closePaymentDialog}
    />
  );
}

interface DialogProps extends Opened {
  charter: Charter;
  onClose(): void;
}

function PaymentDialog({ charter, correct, filled, onClose }: DialogProps) {
  // The id is made now and stays: however often the payment is sent, it is this one payment.
  const [payment_id, setPaymentId] = useState(() => freshId(correct));
  const [form, setForm] = useState(() => ({ ...paymentForm(charter, correct), ...filled }));
  const [errors, setErrors] = useState<Errors>(sentences(correct?.problem?.fields ?? {}));
  const [failure, setFailure] = useState(correct?.problem ? refusal(correct.problem) : "");
  const [saving, setSaving] = useState(false);
  /** The payment that the server has asked about. */
  const [asked, setAsked] = useState<OutboxEntry | null>(null);
  // Of a remembered charter the device cannot know.
  const hasEmail = useValue(remembered).has(charter.event_id) || charter.patron.email !== "";
  const written = useRef(correct?.payment_id);
  const open = useRef(true);
  const element = useRef<HTMLFormElement>(null);
  const set = (change: Partial<PaymentForm>) => setForm((form) => ({ ...form, ...change }));

  useEffect(
    () => () => {
      open.current = false;
    },
    [],
  );

  const submit = async () => {
    const { request, errors } = readPaymentForm(form, charter, new Date(nowMs()), hasEmail);
    setErrors(errors ?? {});
    setFailure("");
    if (!request) {
      focusFirstError(element.current);
      return;
    }
    setSaving(true);
    const { event_id, currency } = charter;
    const clock = form.received === "" ? { clock_ahead_ms: operatorClock.value.ahead_ms } : {};
    await outbox.add({ payment_id, event_id, request, currency, ...clock }, written.current);
    written.current = payment_id;
    await waitForOutbox(outbox.flush());
    showOutcome(request.amount_cents, outbox.get(payment_id));
  };

  const answer = async (entry: OutboxEntry, yes: boolean) => {
    if (saving) return;
    setSaving(yes);
    const correct = () => {
      setAsked(null);
      setForm(paymentForm(charter, entry));
    };
    const answered = answerQuestion(entry, yes, correct);
    if (yes) {
      await waitForOutbox(answered);
      showOutcome(entry.request.amount_cents, outbox.get(entry.payment_id));
    } else if (questionOf(entry) === "duplicate") {
      await answered;
      announce(`Discarded: ${amountText(entry)}. The first one stands.`);
      onClose();
    }
  };

  const showOutcome = (amount_cents: number, left: OutboxEntry | undefined) => {
    const amount = formatMoney(amount_cents, charter.currency);
    setAsked(null);
    if (left && questionOf(left) && open.current) {
      setAsked(left);
      setSaving(false);
      return;
    }
    if (left?.state === "refused" && open.current) {
      const problem = left.problem;
      setErrors(sentences(problem?.fields ?? {}));
      if (problem) setFailure(refusal(problem));
      setPaymentId(freshId(left));
      setSaving(false);
      focusFirstError(element.current);
      return;
    }
    if (left?.state === "refused") {
      announce(`${amount} was not accepted. ${left.problem?.message ?? ""}`, "bad");
    } else if (left && session.value.state !== "in") {
      announce(`${amount} is not sent yet. Log in and it is sent.`, "bad");
    } else if (left) {
      const kept = outbox.isDurable(payment_id)
        ? "It is kept on this device and sends itself."
        : "Keep this page open until it is sent.";
      announce(`${amount} is not sent yet. ${kept}`, "bad");
    }
    // The outbox has announced what it sent.
    if (open.current) onClose();
  };

  const question = asked && questionOf(asked);
  if (asked && question) {
    return (
      <Dialog title={questions[question].title} onClose={onClose}>
        <Question
          // A second question is another one: the focus goes to it.
          key={question}
          entry={asked}
          text={questionText(asked, charter)}
          saving={saving}
          onAnswer={(yes) => void answer(asked, yes)}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={correct ? "Correct payment" : "Log payment"} onClose={onClose}>
      <DialogForm
        form={element}
        submit="Log payment"
        onSubmit={submit}
        onClose={onClose}
        doing={saving ? "Saving…" : ""}
        failure={[failure, unplaced(errors, shownFields)].filter(Boolean).join(" ")}
      >
        <p class="dialog-about">
          <strong>{charter.title}</strong>
          <span>{dueText(charter)}</span>
        </p>
        <TextInput
          label={`Amount (${charter.currency})`}
          class="amount"
          inputMode="decimal"
          error={errors.amount_cents}
          value={form.amount}
          onInput={(amount) => set({ amount })}
        />
        <Choices
          legend="How was it paid?"
          names={methodNames}
          value={form.method}
          error={errors.method}
          first
          onChoose={(method) => set({ method })}
        />
        <Choices
          legend="What is it for?"
          names={kindNames}
          value={form.kind}
          small
          onChoose={(kind) => setForm((form) => withKind(form, kind, charter))}
        />
        {form.kind === "refund" && (
          <RefundOf
            charter={charter}
            value={form.refund_of}
            error={errors.refund_of}
            onChange={(refund_of, payments) => setForm((form) => withRefundOf(form, refund_of, payments))}
          />
        )}
        <MoreFields charter={charter} hasEmail={hasEmail} form={form} errors={errors} set={set} />
      </DialogForm>
    </Dialog>
  );
}

interface QuestionProps {
  entry: OutboxEntry;
  text: string;
  saving: boolean;
  onAnswer(yes: boolean): void;
}

function Question({ entry, text, saving, onAnswer }: QuestionProps) {
  const paragraph = useRef<HTMLParagraphElement>(null);
  // The form that had the focus is gone. Nothing is chosen by one Enter too many.
  useEffect(() => paragraph.current?.focus(), []);
  return (
    <div class="dialog-body">
      <p ref={paragraph} tabIndex={-1}>
        {text}
      </p>
      {questionOf(entry) === "duplicate" && <p>Yours is not logged yet. Is it the same money, or was it paid twice?</p>}
      <span class="buttons">
        <Answers entry={entry} onAnswer={onAnswer} />
      </span>
      <p role="status">{saving ? "Saving…" : ""}</p>
    </div>
  );
}

/** Waits for the outbox, but not longer than a person would. */
async function waitForOutbox(sending: Promise<void>): Promise<void> {
  await Promise.race([sending.catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

interface MoreProps {
  charter: Charter;
  hasEmail: boolean;
  form: PaymentForm;
  errors: Errors;
  set(change: Partial<PaymentForm>): void;
}

function MoreFields({ charter, hasEmail, form, errors, set }: MoreProps) {
  const noteId = useId();
  const now = new Date(nowMs());
  const zone = zoneIfForeign(now.toISOString(), charter.timezone);
  const fault = clockFault(useValue(operatorClock));
  return (
    <>
      <div class="pair">
        <TextInput
          label={`${form.method ? methods[form.method].reference : "Reference"} (optional)`}
          most={paymentLimits.reference.most}
          inputMode={form.method === "check" ? "numeric" : "text"}
          error={errors.reference}
          value={form.reference}
          onInput={(reference) => set({ reference })}
        />
        <TextInput
          label="Payer"
          most={paymentLimits.payer.most}
          error={errors.payer}
          value={form.payer}
          onInput={(payer) => set({ payer })}
        />
      </div>
      <TextInput
        label={`Received at${zone ? ` (${zone})` : ""}`}
        type="datetime-local"
        max={`${localDay(now, charter.timezone)}T23:59`}
        error={errors.received_at}
        hint={fault && !form.received ? `The server’s time: the clock of this device is ${fault}.` : undefined}
        value={form.received || toLocal(now, charter.timezone)}
        onInput={(received) => set({ received })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={form.notify && hasEmail}
          disabled={!hasEmail}
          aria-describedby={noteId}
          onChange={(event) => set({ notify: event.currentTarget.checked })}
        />
        <span>
          Email the patron a confirmation
          <small id={noteId}>{emailText(charter, hasEmail)}</small>
        </span>
      </label>
    </>
  );
}

function emailText({ patron }: Charter, hasEmail: boolean): string {
  if (patron.email) return `Goes to ${patron.email}`;
  return hasEmail ? "Goes out if the patron has an email address." : "The patron has no email address.";
}

interface RefundProps {
  charter: Charter;
  value: string;
  error: string | undefined;
  /** The payment, and all those of the charter. */
  onChange(payment_id: string, payments: readonly Payment[]): void;
}

function RefundOf({ charter, value, error, onChange }: RefundProps) {
  const known = useValue(records).get(charter.event_id)?.payments;
  const question = known ? null : () => readPayments(charter.event_id);
  const { answer, error: failure } = useAnswer(question, [charter.event_id, !known]);
  const payments = known ?? answer;
  const failed = !known && failure !== null;
  const choices = refundable(payments ?? []);
  const hint = failed
    ? "The payments could not be loaded. Refunds need the connection."
    : payments && choices.length === 0
      ? "No payment is left to refund."
      : undefined;
  return (
    <Field label="Refund of" error={error} hint={hint}>
      {(props) => (
        <select
          {...props}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value, payments ?? [])}
          disabled={choices.length === 0}
        >
          <option value="">{payments || failed ? "Choose a payment" : "Loading…"}</option>
          {choices.map((payment) => (
            <option key={payment.payment_id} value={payment.payment_id}>
              {formatMoney(payment.amount_cents, payment.currency)} {methods[payment.method].name},{" "}
              {formatMoment(payment.received_at, charter.timezone)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
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

/** A payment that was never recorded keeps its id; one whose id is taken needs another. */
function freshId(entry: OutboxEntry | undefined): string {
  const taken = entry?.problem?.status === 409 && !questionOf(entry);
  return entry && !taken ? entry.payment_id : uuid7();
}

/** The reasons stand beside their fields where there are any. */
function refusal({ fields, message }: Problem): string {
  const marked = Object.keys(fields).length > 0;
  return `Not saved. ${marked ? "Correct what is marked." : message}`;
}

const shownFields = ["amount_cents", "method", "refund_of", "reference", "payer", "received_at"];
