import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import { charters, edit, refresh, remembered } from "../data/charters";
import type { Charter } from "../data/contract";
import { outbox } from "../data/device-outbox";
import { methods, paymentLimits } from "../data/limits";
import {
  type BatchRow,
  type OutboxEntry,
  type PaymentRequest,
  type Problem,
  questionOf,
  totalCents,
} from "../data/outbox-entry";
import { session } from "../data/session";
import { clockFault, nowMs, operatorClock } from "../lib/clock";
import { formatMoney, parseMoney } from "../lib/money";
import { Observable, useValue } from "../lib/observable";
import { uuid7 } from "../lib/uuid";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog/dialog";
import { DialogForm } from "../ui/dialog/dialog-form";
import { lazyDialog } from "../ui/dialog/lazy-dialog";
import { Choices } from "../ui/form/choices";
import { type Errors, focusFirstError, sentences, unplaced } from "../ui/form/field";
import { TextInput } from "../ui/form/text-input";
import { lazy, NotLoaded } from "../ui/lazy";
import { announce } from "../ui/notices";
import { Skeleton, sentence } from "../ui/page";
import { AboutCharter } from "./about-charter";
import type { ForWhichProps } from "./for-which-dialog";
import { Amount, EmailField, MoreFields, Unusual } from "./payment-fields";
import {
  afterUnsent,
  isUnusualAmount,
  methodNames,
  type PaymentForm,
  paymentForm,
  readPaymentForm,
  readShared,
  type SharedRequest,
  submitText,
  summaryText,
} from "./payment-form";
import { amountText, answerQuestion, QuestionBody, questions } from "./questions";
import type { ReadParts } from "./split/split";
import type { SplitProps } from "./split/split-form";
import "./payment-dialog.css";

/** How long the dialog waits for an answer before it leaves the payment to the outbox. */
const PATIENCE_MS = 6_000;

/** Shown only after *Change*, or when something is wrong with them. */
const HIDDEN_FIELDS = ["refund_of", "payer", "received_at"];
/** Fields beside which the form shows what is wrong with them. */
const FORM_FIELDS = ["amount_cents", "method", "reference", "email", ...HIDDEN_FIELDS];

interface Opened {
  /** Empty while the charter is still to be chosen. */
  event_id: string;
  correct?: OutboxEntry;
  filled?: Partial<PaymentForm>;
}

const opened = new Observable<Opened | null>(null);

/**
 * Opens Log payment for a charter, which is read first where this page does not know it, or asks which one: to correct a
 * refused payment, or with fields that are filled already.
 */
export async function openPaymentDialog(event_id = "", more: Omit<Opened, "event_id"> = {}): Promise<void> {
  const isKnown = () => event_id === "" || charters.value.has(event_id);
  if (!isKnown()) await refresh(event_id);
  if (isKnown()) opened.value = { event_id, ...more };
  else announce("The charter could not be loaded. Check the connection and try again.", "bad");
}

export function closePaymentDialog(): void {
  opened.value = null;
}

/** The choice goes when a charter is chosen, too; what opens then stays. */
function closeChoice(): void {
  if (opened.value?.event_id === "") closePaymentDialog();
}

export function PaymentDialogs() {
  const what = useValue(opened);
  const charter = useValue(charters).get(what?.event_id ?? "");
  if (what?.event_id === "") return <ForWhich onChoose={openPaymentDialog} onClose={closeChoice} />;
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

/** It comes when somebody logs a payment from elsewhere than its charter. */
const ForWhich = lazyDialog<ForWhichProps>(
  "Log payment",
  async () => (await import("./for-which-dialog")).ForWhichDialog,
);

/** Where the parts of a split entry are typed; it comes when it is needed. */
const SplitForm = lazy<SplitProps>(async () => (await import("./split/split-form")).SplitForm, WaitingForSplit);

function PaymentDialog({ charter: known, correct, filled, onClose }: DialogProps) {
  // The id is made now and stays: however often the payment is sent, it is this one payment.
  const [payment_id, setPaymentId] = useState(() => freshId(correct));
  const others = useValue(outbox.entries).filter((entry) => entry.payment_id !== payment_id);
  const charter = afterUnsent(known, others);
  const [form, setForm] = useState(() => ({ ...paymentForm(charter, correct), ...filled }));
  /** What a split entry begins with; null as long as it is one payment. */
  const [split, setSplit] = useState<SplitProps["start"] | null>(correct?.rest ? { entry: correct } : null);
  const [errors, setErrors] = useState<Errors>(sentences(correct?.problem?.fields ?? {}));
  const [failure, setFailure] = useState(correct?.problem ? refusal(correct.problem) : "");
  const [saving, setSaving] = useState(false);
  /** The payment that the server has asked about. */
  const [asked, setAsked] = useState<OutboxEntry | null>(null);
  /** The unusual amount that the admin has confirmed. */
  const [confirmed_cents, setConfirmed] = useState<number | null>(null);
  /** An address that could not be kept for want of a network. Logged again, the payment no longer waits for it. */
  const [unkeptEmail, setUnkeptEmail] = useState("");
  const [showsMore, setShowsMore] = useState(Boolean(correct || filled));
  // Of a remembered charter the device cannot know.
  const hasEmail = useValue(remembered).has(charter.event_id) || charter.patron.email !== "";
  /** The entry of the outbox that the next one takes the place of. */
  const replaced_id = useRef(correct?.payment_id);
  /** Whether the dialog is still there when an answer comes. */
  const open = useRef(true);
  const element = useRef<HTMLFormElement>(null);
  const set = (change: Partial<PaymentForm>) => setForm((form) => ({ ...form, ...change }));
  const { currency } = charter;
  const typed_cents = parseMoney(form.amount, currency, paymentLimits.amount_cents).cents;
  const fault = clockFault(useValue(operatorClock));
  const isUnusual = isUnusualAmount(typed_cents ?? 0, form.kind, charter) && confirmed_cents !== typed_cents;

  useEffect(
    () => () => {
      open.current = false;
    },
    [],
  );

  const submit = async () => {
    if (isUnusual) {
      element.current?.querySelector<HTMLElement>(".warn button")?.focus();
      return;
    }
    const { request, errors } = readPaymentForm(form, charter, new Date(nowMs()), hasEmail || form.email !== "");
    if (request) await send(confirmed_cents === request.amount_cents ? { ...request, unusual_ok: true } : request);
    else refuse(errors);
  };

  const submitParts = async (read: (shared: SharedRequest) => ReadParts) => {
    const { shared, errors: unshared } = readShared(form, charter, new Date(nowMs()), hasEmail || form.email !== "");
    if (!shared) return refuse(unshared);
    const { request, rest, errors } = read(shared);
    if (!request) return refuse(errors);
    await send(request, rest.length > 0 ? rest : undefined);
  };

  const refuse = (errors: Errors) => {
    setErrors(errors);
    setFailure("");
    if (Object.keys(errors).some((name) => HIDDEN_FIELDS.includes(name))) setShowsMore(true);
    focusFirstError(document.querySelector<HTMLElement>("dialog form"));
  };

  const send = async (request: PaymentRequest, rest?: BatchRow[]) => {
    setErrors({});
    setFailure("");
    setSaving(true);
    const email = form.email.trim();
    const problem = hasEmail || email === unkeptEmail ? null : await keepEmail(charter, email);
    if (problem) {
      setSaving(false);
      if (problem.away) setUnkeptEmail(email);
      refuse({ email: problem.text });
      return;
    }
    const { event_id } = charter;
    const clock = form.received === "" ? { clock_ahead_ms: operatorClock.value.ahead_ms } : {};
    const entry = { payment_id, event_id, request, currency, ...(rest ? { rest } : {}), ...clock };
    await outbox.add(entry, replaced_id.current);
    replaced_id.current = payment_id;
    await waitForOutbox(outbox.flush());
    showOutcome(totalCents(entry), outbox.get(payment_id));
  };

  const answer = async (entry: OutboxEntry, yes: boolean) => {
    if (saving) return;
    setSaving(yes);
    const correct = () => {
      setAsked(null);
      setForm(paymentForm(charter, entry));
      setSplit(entry.rest ? { entry } : null);
    };
    const answered = answerQuestion(entry, yes, correct);
    if (yes) {
      await waitForOutbox(answered);
      showOutcome(totalCents(entry), outbox.get(entry.payment_id));
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
        <QuestionBody
          // A second question is another one: the focus goes to it.
          key={question}
          entry={asked}
          charter={charter}
          saving={saving}
          onAnswer={(yes) => void answer(asked, yes)}
        />
      </Dialog>
    );
  }
  const title = correct ? "Correct payment" : "Log payment";
  const about = <AboutCharter charter={charter} withUnsent={charter !== known} />;
  const shared = { charter, hasEmail, form, errors, set };
  if (split) {
    return (
      <Dialog title={title} onClose={onClose} full>
        <SplitForm
          {...shared}
          about={about}
          start={split}
          failure={failure}
          saving={saving}
          onSubmit={submitParts}
          onClose={onClose}
        />
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={onClose} full>
      <DialogForm
        form={element}
        submit={isUnusual ? "Answer above first" : submitText(form, charter)}
        later={isUnusual}
        onSubmit={submit}
        onClose={onClose}
        doing={saving ? "Saving…" : ""}
        failure={[failure, unplaced(errors, FORM_FIELDS)].filter(Boolean).join(" ")}
      >
        {about}
        <Amount charter={charter} form={form} error={errors.amount_cents} set={set} />
        {isUnusual && (
          <Unusual
            charter={charter}
            cents={typed_cents ?? 0}
            set={set}
            onConfirm={() => setConfirmed(typed_cents ?? null)}
          />
        )}
        <Choices
          legend={form.kind === "refund" ? "How is it given back?" : "How was it paid?"}
          names={methodNames}
          value={form.method}
          error={errors.method}
          first
          onChoose={(method) => set({ method })}
        />
        {form.method && (form.method !== "cash" || form.reference) && (
          <TextInput
            label={`${methods[form.method].reference} (optional)`}
            most={paymentLimits.reference.most}
            inputMode={form.method === "check" ? "numeric" : "text"}
            error={errors.reference}
            value={form.reference}
            onInput={(reference) => set({ reference })}
          />
        )}
        {form.kind !== "refund" && (
          <p class="adds">
            {form.kind !== "tip" && <Button onClick={() => setSplit({ withTip: true })}>Add a tip</Button>}
            <Button onClick={() => setSplit({ withTip: false })}>Split</Button>
          </p>
        )}
        {!hasEmail && <EmailField {...shared} />}
        {showsMore ? (
          <MoreFields {...shared} />
        ) : (
          <p class="log-summary">
            <span>
              {summaryText(form, charter)}
              {fault && !form.received && <small>The server’s time: the clock of this device is {fault}.</small>}
            </span>
            <Button class="quiet" onClick={() => setShowsMore(true)}>
              Change
            </Button>
          </p>
        )}
      </DialogForm>
    </Dialog>
  );
}

function WaitingForSplit({ failed, onRetry }: { failed: boolean; onRetry(): void }) {
  return <div class="dialog-body">{failed ? <NotLoaded onRetry={onRetry} /> : <Skeleton rows={1} />}</div>;
}

interface EmailProblem {
  text: string;
  /** The server could not be reached. */
  away: boolean;
}

/** Keeps the address that was typed for a patron who had none; null when that went well, or there is none. */
async function keepEmail({ event_id, version, patron }: Charter, email: string): Promise<EmailProblem | null> {
  if (email === "") return null;
  try {
    await edit(event_id, { version, patron: { ...patron, email } });
    return null;
  } catch (error) {
    const known = error instanceof ApiError ? error : null;
    const away = known?.failure === "network" || known?.failure === "timeout";
    if (away)
      return { away, text: "No connection: it cannot be kept now. Log again, and the payment is logged without it." };
    const [refused] = Object.values(sentences(known?.fields ?? {}));
    return {
      away,
      text: refused ?? `Not kept. ${sentence(error)} Nothing is logged yet: try again, or leave it empty.`,
    };
  }
}

/** Waits for the outbox, but not longer than a person would. */
async function waitForOutbox(sending: Promise<void>): Promise<void> {
  await Promise.race([sending.catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
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
