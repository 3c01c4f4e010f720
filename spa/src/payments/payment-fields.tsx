import { useId, useRef } from "preact/hooks";
import { readPayments } from "../data/api";
import { records } from "../data/charters";
import type { Charter, Payment } from "../data/contract";
import { settles } from "../data/ledger";
import { methods, paymentLimits } from "../data/limits";
import { useAnswer } from "../lib/answer";
import { clockFault, nowMs, operatorClock } from "../lib/clock";
import { formatMoney, formatMoneyShort, plainAmount } from "../lib/money";
import { useValue } from "../lib/observable";
import { formatMoment, localDay, toLocal, zoneIfForeign } from "../lib/time";
import { Button } from "../ui/button";
import { Choices } from "../ui/form/choices";
import type { Errors } from "../ui/form/field";
import { Select } from "../ui/form/select";
import { TextInput } from "../ui/form/text-input";
import { kindNames, type PaymentForm, refundable, withKind, withRefundOf } from "./payment-form";

interface FormProps {
  charter: Charter;
  set(change: Partial<PaymentForm>): void;
}

/** How much; the likely amounts are one tap away. */
export function Amount({ charter, form, error, set }: FormProps & { form: PaymentForm; error: string | undefined }) {
  const { balance, currency } = charter;
  const due_cents = balance.balance_due_cents;
  const input = useRef<HTMLDivElement>(null);
  const likely = [
    { name: "All", cents: due_cents },
    { name: "Half", cents: Math.ceil(due_cents / 2) },
  ];
  const isLikely = likely.some(({ cents }) => plainAmount(cents, currency) === form.amount);
  return (
    <div ref={input}>
      <TextInput
        label={`Amount (${currency})`}
        class="amount"
        inputMode="decimal"
        error={error}
        value={form.amount}
        onInput={(amount) => set({ amount })}
      />
      {due_cents > 0 && settles(form.kind) && (
        <p class="quick">
          {likely.map(({ name, cents }) => (
            <Button
              key={name}
              aria-pressed={plainAmount(cents, currency) === form.amount}
              onClick={() => set({ amount: plainAmount(cents, currency) })}
            >
              {name}, {formatMoneyShort(cents, currency)}
            </Button>
          ))}
          <Button
            aria-pressed={!isLikely}
            onClick={() => {
              if (isLikely) set({ amount: "" });
              input.current?.querySelector("input")?.focus();
            }}
          >
            Other
          </Button>
        </p>
      )}
    </div>
  );
}

/** Asks about an amount that is far above what is due, before it is sent. */
export function Unusual({ charter, cents, set, onConfirm }: FormProps & { cents: number; onConfirm(): void }) {
  const { balance, currency, patron } = charter;
  const due_cents = Math.max(balance.balance_due_cents, 0);
  const money = (cents: number) => formatMoneyShort(cents, currency);
  const times = due_cents > 0 ? Math.floor(cents / due_cents) : 0;
  return (
    <div class="warn" role="alert">
      <p>
        <b>
          {times > 2 ? `${times} times what is due.` : times > 0 ? "More than twice what is due." : "Nothing is due."}
        </b>{" "}
        With {money(cents)} {patron.name || "the patron"} has paid {money(cents - balance.balance_due_cents)} too much.
      </p>
      <p class="buttons">
        {due_cents > 0 ? (
          <Button onClick={() => set({ amount: plainAmount(due_cents, currency) })}>Make it {money(due_cents)}</Button>
        ) : (
          <Button onClick={() => set({ kind: "tip" })}>It is a tip</Button>
        )}
        <Button onClick={onConfirm}>It is {money(cents)}</Button>
      </p>
    </div>
  );
}

interface MoreProps {
  charter: Charter;
  hasEmail: boolean;
  form: PaymentForm;
  errors: Errors;
  set(change: Partial<PaymentForm>): void;
}

/** What a payment rarely needs: what it is for, who paid, when, and whether the patron is told. */
export function MoreFields({ charter, hasEmail, form, errors, set }: MoreProps) {
  const noteId = useId();
  const fault = clockFault(useValue(operatorClock));
  return (
    <>
      <Choices
        legend="What is it for?"
        names={kindNames}
        value={form.kind}
        small
        onChoose={(kind) => set(withKind(form, kind, charter))}
      />
      {form.kind === "refund" && (
        <RefundOf
          charter={charter}
          value={form.refund_of}
          error={errors.refund_of}
          onChange={(refund_of, payments) => set(withRefundOf(form, refund_of, payments))}
        />
      )}
      <div class="pair">
        <TextInput
          label="Payer"
          most={paymentLimits.payer.most}
          error={errors.payer}
          value={form.payer}
          onInput={(payer) => set({ payer })}
        />
        <ReceivedAt
          timezone={charter.timezone}
          error={errors.received_at}
          hint={fault && !form.received ? `The server’s time: the clock of this device is ${fault}.` : undefined}
          value={form.received || toLocal(new Date(nowMs()), charter.timezone)}
          onInput={(received) => set({ received })}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={form.notify && hasEmail}
          disabled={!hasEmail}
          aria-describedby={noteId}
          onChange={(event) => set({ notify: event.currentTarget.checked })}
        />
        <span>
          Email the patron a receipt
          <small id={noteId}>{emailText(charter, hasEmail)}</small>
        </span>
      </label>
    </>
  );
}

interface ReceivedProps {
  /** The charter's. */
  timezone: string;
  /** Local to the charter. */
  value: string;
  error: string | undefined;
  hint?: string | undefined;
  onInput(received: string): void;
}

/** When the money was received, up to the end of today. */
export function ReceivedAt({ timezone, value, error, hint, onInput }: ReceivedProps) {
  const now = new Date(nowMs());
  const zone = zoneIfForeign(now.toISOString(), timezone);
  return (
    <TextInput
      label={`Received at${zone ? ` (${zone})` : ""}`}
      type="datetime-local"
      max={`${localDay(now, timezone)}T23:59`}
      error={error}
      hint={hint}
      value={value}
      onInput={onInput}
    />
  );
}

function emailText({ patron }: Charter, hasEmail: boolean): string {
  if (patron.email) return `Goes to ${patron.email}`;
  return hasEmail ? "Goes out if the patron has an email address." : "The patron has no email address.";
}

/** For a patron who has no address yet: the receipt goes there, and it is kept. */
export function EmailField({ charter, form, errors, set }: Omit<MoreProps, "hasEmail">) {
  const name = charter.patron.name || "The patron";
  return (
    <TextInput
      label="Email for the receipt (optional)"
      type="email"
      error={errors.email}
      hint={`${name} has no email. It is kept for the charter.`}
      value={form.email}
      onInput={(email) => set({ email })}
    />
  );
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
    <Select
      label="Refund of"
      error={error}
      hint={hint}
      disabled={choices.length === 0}
      options={[
        ["", payments || failed ? "Choose a payment" : "Loading…"],
        ...choices.map((payment) => [payment.payment_id, refundableText(payment, charter.timezone)] as const),
      ]}
      value={value}
      onChoose={(refund_of) => onChange(refund_of, payments ?? [])}
    />
  );
}

/** `$480.00 check, Nov 28, 2:00 PM` */
function refundableText({ amount_cents, currency, method, received_at }: Payment, timezone: string): string {
  return `${formatMoney(amount_cents, currency)} ${methods[method].name}, ${formatMoment(received_at, timezone)}`;
}
