import { useState } from "preact/hooks";
import { keepAnswer, refresh } from "../../data/charters";
import type { Charter, Payment } from "../../data/contract";
import { correctPayment } from "../../data/later-api";
import { reasonLimits } from "../../data/later-limits";
import { isBlank } from "../../lib/names";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { ChooseCharter, Chosen, charterText } from "../../ui/choose-charter";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { unplaced } from "../../ui/form/field";
import { TextInput } from "../../ui/form/text-input";
import { useForm } from "../../ui/form/use-form";
import { announce } from "../../ui/notices";
import { amountText } from "./statement-text";

interface Props {
  charter: Charter;
  payment: Payment;
  onClose(): void;
}

/** Finds the charter that a payment is for; method, time and state go with it. */
export function MoveDialog({ charter, payment, onClose }: Props) {
  const [to, setTo] = useState<Charter | null>(null);
  return (
    <Dialog title="Move to another charter" onClose={onClose}>
      {to ? (
        <Move charter={charter} payment={payment} to={to} onBack={() => setTo(null)} onClose={onClose} />
      ) : (
        <div class="dialog-body">
          <p>{amountText(payment)} is for</p>
          <ChooseCharter at_ms={Date.parse(payment.received_at)} from={charter} onChoose={setTo} />
        </div>
      )}
    </Dialog>
  );
}

function Move({ charter, payment, to, onBack, onClose }: Props & { to: Charter; onBack(): void }) {
  // Another charter makes it another payment.
  const [payment_id] = useState(() => uuid7());
  const [reason, setReason] = useState("Logged on the wrong charter");
  const [notify, setNotify] = useState(true);
  const { form, errors, failure, doing, attempt } = useForm();

  const submit = () => {
    const wrong = isBlank(reason) ? { reason: "Say why, in a few words." } : {};
    return attempt({ doing: "Moving…", failed: "Not moved.", wrong }, async () => {
      const { event_id } = charter;
      const corrects = { event_id, payment_id: payment.payment_id, reason: reason.trim() };
      keepAnswer(await correctPayment(to.event_id, payment_id, { corrects, notify }));
      await refresh(event_id);
      announce(`Moved: ${amountText(payment)} now counts for ${to.title}.`);
      onClose();
    });
  };

  return (
    <DialogForm
      form={form}
      submit={`Move ${amountText(payment)}`}
      onSubmit={submit}
      beside={<Button onClick={onBack}>Another charter</Button>}
      onClose={onClose}
      doing={doing}
      failure={[failure, unplaced(errors, ["reason"])].filter(Boolean).join(" ")}
    >
      <Chosen>
        {amountText(payment)} goes from {charter.title} to <strong>{to.title}</strong> ({charterText(to)}).
      </Chosen>
      <p>
        Here it stays struck through and counts no more. When it came, how it was paid and whether it has cleared stay.
      </p>
      <TextInput
        label="Reason"
        most={reasonLimits.reason.most}
        error={errors.reason}
        value={reason}
        onInput={setReason}
      />
      <label class="check">
        <input type="checkbox" checked={notify} onChange={(event) => setNotify(event.currentTarget.checked)} />
        {whoIsTold(charter, to)}
      </label>
    </DialogForm>
  );
}

function whoIsTold({ patron }: Charter, to: Charter): string {
  const emails = [...new Set([patron.email, to.patron.email].filter(Boolean))];
  if (emails.length === 0) return "Tell the patron: there is no email address.";
  return emails.length === 1 ? `Tell ${emails[0]} in one mail` : `Tell ${emails.join(" and ")}, one mail each`;
}
