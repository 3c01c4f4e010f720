import { useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import { keepAnswer, refresh } from "../../data/charters";
import type { Charter, Correction, Payment } from "../../data/contract";
import { correctPayment } from "../../data/later-api";
import { reasonLimits } from "../../data/later-limits";
import { methods, paymentLimits } from "../../data/limits";
import { nowMs } from "../../lib/clock";
import { uuid7 } from "../../lib/uuid";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { Choices } from "../../ui/form/choices";
import { unplaced } from "../../ui/form/field";
import { TextInput } from "../../ui/form/text-input";
import { useForm } from "../../ui/form/use-form";
import { announce } from "../../ui/notices";
import { ReceivedAt } from "../payment-fields";
import { methodNames } from "../payment-form";
import { answerTo, type CorrectionForm, correctableKinds, correctionForm, readCorrection } from "./correction";
import { amountText } from "./statement-text";

interface Props {
  charter: Charter;
  payment: Payment;
  onClose(): void;
}

/** Says what a payment should have been: the row stays struck through, and a new one takes its place. */
export function CorrectDialog({ charter, payment, onClose }: Props) {
  // Made once: however often it is sent, it is this one correction.
  const [payment_id] = useState(() => uuid7());
  const [fields, setFields] = useState(() => correctionForm(payment, charter.timezone));
  /** What is sent besides, because the server has asked and the desk goes on. */
  const [answered, setAnswered] = useState<Partial<Correction>>({});
  const { form, errors, failure, doing, attempt } = useForm();
  const set = (change: Partial<CorrectionForm>) => {
    setFields((fields) => ({ ...fields, ...change }));
    setAnswered({});
  };
  const isRefund = payment.kind === "refund";

  const submit = () => {
    const { body, errors: wrong = {} } = readCorrection(fields, payment, charter.timezone, new Date(nowMs()));
    return attempt({ doing: "Saving…", failed: "Not corrected.", wrong }, async () => {
      try {
        const answer = await correctPayment(charter.event_id, payment_id, { ...(body as Correction), ...answered });
        keepAnswer(answer);
        await refresh(charter.event_id);
        announce(`Corrected: ${amountText(payment)} is now ${amountText(answer.payment)}.`);
        onClose();
      } catch (error) {
        if (error instanceof ApiError) setAnswered({ ...answered, ...answerTo(error.code, error.duplicate) });
        throw error;
      }
    });
  };

  return (
    <Dialog title="Correct payment" onClose={onClose} full>
      <DialogForm
        form={form}
        submit={Object.keys(answered).length > 0 ? "It is right: correct it" : "Correct it"}
        onSubmit={submit}
        onClose={onClose}
        doing={doing}
        failure={[failure, unplaced(errors, SHOWN)].filter(Boolean).join(" ")}
      >
        <p class="dialog-about">
          <strong>{charter.title}</strong>
          <span>{amountText(payment)}</span>
        </p>
        <TextInput
          label={`Amount (${payment.currency})`}
          class="amount"
          inputMode="decimal"
          first
          error={errors.amount_cents}
          value={fields.amount}
          onInput={(amount) => set({ amount })}
        />
        <Choices
          legend={isRefund ? "How was it given back?" : "How was it paid?"}
          names={methodNames}
          value={fields.method}
          small
          error={errors.method}
          onChoose={(method) => set({ method })}
        />
        {!isRefund && (
          <Choices
            legend="What is it for?"
            names={correctableKinds}
            value={fields.kind as keyof typeof correctableKinds}
            small
            error={errors.kind}
            onChoose={(kind) => set({ kind })}
          />
        )}
        <div class="pair">
          <TextInput
            label={`${methods[fields.method].reference} (optional)`}
            most={paymentLimits.reference.most}
            error={errors.reference}
            value={fields.reference}
            onInput={(reference) => set({ reference })}
          />
          <TextInput
            label="Payer"
            most={paymentLimits.payer.most}
            error={errors.payer}
            value={fields.payer}
            onInput={(payer) => set({ payer })}
          />
        </div>
        <ReceivedAt
          timezone={charter.timezone}
          error={errors.received_at}
          value={fields.received}
          onInput={(received) => set({ received })}
        />
        <TextInput
          label="Reason"
          most={reasonLimits.reason.most}
          error={errors.reason}
          value={fields.reason}
          onInput={(reason) => set({ reason })}
        />
        <TellPatron charter={charter} checked={fields.notify} onChange={(notify) => set({ notify })} />
      </DialogForm>
    </Dialog>
  );
}

const SHOWN = ["amount_cents", "method", "kind", "reference", "payer", "received_at", "reason"];

interface TellProps {
  charter: Charter;
  checked: boolean;
  onChange(checked: boolean): void;
}

/** Whether the patron gets the one mail about it. */
function TellPatron({ charter, checked, onChange }: TellProps) {
  const { email } = charter.patron;
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked && email !== ""}
        disabled={email === ""}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {email ? `Tell the patron in one mail to ${email}` : "The patron has no email address."}
    </label>
  );
}
