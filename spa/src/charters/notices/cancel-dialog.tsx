import { useRef, useState } from "preact/hooks";
import { keepAnswer, keepCharters, records, refresh } from "../../data/charters";
import type { Charter, Payment } from "../../data/contract";
import { outbox } from "../../data/device-outbox";
import { cancelCharter, correctPayment, previewCancel } from "../../data/later-api";
import { reasonLimits } from "../../data/limits";
import { nowMs } from "../../lib/clock";
import { formatMoney, parseMoney, plainAmount } from "../../lib/money";
import { isBlank } from "../../lib/names";
import { useValue } from "../../lib/observable";
import { localDay, toRfc3339 } from "../../lib/time";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { Choices } from "../../ui/choices";
import { ChooseCharter } from "../../ui/choose-charter";
import { Dialog } from "../../ui/dialog";
import { DialogForm } from "../../ui/dialog-form";
import type { Errors } from "../../ui/field";
import { useForm } from "../../ui/form";
import { announce } from "../../ui/notices";
import { TextInput } from "../../ui/text-input";
import { type GiveBack, heldCents, movable, refunds } from "./cancel-money";
import { type PreviewedMail, TellDialog } from "./tell-dialog";

/** Asks why a charter is cancelled, what it is charged, what becomes of what was paid; then who is told. */
export function CancelDialog({ charter, onClose }: { charter: Charter; onClose(): void }) {
  const { event_id, currency } = charter;
  const [reason, setReason] = useState("");
  const [fee, setFee] = useState(plainAmount(charter.cancellation_fee_cents, currency));
  const [giveBack, setGiveBack] = useState<GiveBack>("later");
  const [to, setTo] = useState<Charter | null>(null);
  const [mails, setMails] = useState<readonly PreviewedMail[]>([]);
  const { form, errors, failure, doing, attempt } = useForm();
  const newIds = useRef(new Map<string, string>());
  const payments = useValue(records).get(event_id)?.payments ?? [];
  const held_cents = heldCents(charter);
  const hasMoney = charter.charter_fee_cents > 0 || held_cents > 0;
  const parsed = parseMoney(fee, currency, { least: 0, most: charter.charter_fee_cents });
  const fee_cents = parsed.cents ?? 0;
  const back_cents = Math.max(held_cents - fee_cents, 0);
  const whole = movable(payments, back_cents);

  const cancel = async (notify: boolean) => {
    keepCharters([await cancelCharter(event_id, reason.trim(), notify, fee_cents)]);
    if (back_cents > 0 && giveBack === "refund") await refund(notify);
    if (back_cents > 0 && giveBack === "move" && to && whole) await move(whole, to, notify);
    announce(notify ? "The charter is cancelled, and the mails are on their way." : "The charter is cancelled.");
    onClose();
  };

  /** Tried again, it is the same payment. */
  const idFor = ({ payment_id }: Payment) => {
    const known = newIds.current.get(payment_id) ?? uuid7();
    newIds.current.set(payment_id, known);
    return known;
  };

  const refund = async (notify: boolean) => {
    const received_at = toRfc3339(new Date(nowMs()));
    for (const { payment, cents } of refunds(payments, back_cents)) {
      const { method, payment_id: refund_of, payer } = payment;
      const request = { kind: "refund", method, amount_cents: cents, received_at, notify, refund_of, payer } as const;
      await outbox.add({ payment_id: idFor(payment), event_id, request, currency });
    }
    await outbox.flush();
  };

  const move = async (whole: readonly Payment[], to: Charter, notify: boolean) => {
    for (const payment of whole) {
      const corrects = { event_id, payment_id: payment.payment_id, reason: `Cancelled: ${reason.trim()}` };
      keepAnswer(await correctPayment(to.event_id, idFor(payment), { corrects, notify }));
    }
    await refresh(event_id);
  };

  const ask = async () => {
    const found = (await previewCancel(event_id, fee_cents)).mails;
    if (found.length === 0) await cancel(false);
    else setMails(found);
  };

  const saving = { doing: "Saving…", failed: "Not saved.", wrong: {} };
  const wrong: Errors = {
    ...(isBlank(reason) ? { reason: "Say why, in a few words." } : {}),
    ...(hasMoney && parsed.error ? { cancellation_fee_cents: parsed.error } : {}),
    ...(back_cents > 0 && giveBack === "move" && !to ? { to: "Choose the charter that it is for." } : {}),
  };

  return (
    <Dialog title="Cancel charter" onClose={onClose}>
      <DialogForm
        form={form}
        submit="Cancel charter"
        onSubmit={() => attempt({ ...saving, wrong }, ask)}
        back="Back"
        onClose={onClose}
        doing={doing}
        failure={[failure, errors.to].filter(Boolean).join(" ")}
        danger
      >
        <p>
          The charter stays on the board, struck through. Guests see on their link that it is cancelled. This cannot be
          undone.
        </p>
        <TextInput
          label="Reason"
          hint="For you; no mail tells it."
          error={errors.reason}
          first
          most={reasonLimits.reason.most}
          value={reason}
          onInput={setReason}
        />
        {hasMoney && (
          <TextInput
            label={`Cancellation fee (${currency})`}
            inputMode="decimal"
            hint={moneyText(charter, held_cents, fee_cents)}
            error={errors.cancellation_fee_cents}
            value={fee}
            onInput={setFee}
          />
        )}
        {back_cents > 0 && payments.length > 0 && (
          <Choices
            legend={`What becomes of the ${formatMoney(back_cents, currency)}?`}
            names={{ later: "Later", refund: "Refund it", ...(whole ? { move: "Another charter" } : {}) }}
            value={giveBack}
            small
            onChoose={(chosen: string) => setGiveBack(chosen as GiveBack)}
          />
        )}
        {back_cents > 0 && giveBack === "refund" && (
          <ul>
            {refunds(payments, back_cents).map(({ payment, cents }) => (
              <li key={payment.payment_id}>
                {formatMoney(cents, currency)} goes back to {payment.payer || "the patron"}, as it came
              </li>
            ))}
          </ul>
        )}
        {back_cents > 0 &&
          giveBack === "move" &&
          (to ? (
            <p>
              It counts for <strong>{to.title}</strong> from then on.{" "}
              <Button class="quiet" onClick={() => setTo(null)}>
                Change
              </Button>
            </p>
          ) : (
            <ChooseCharter day={localDay(new Date(nowMs()), charter.timezone)} except={event_id} onChoose={setTo} />
          ))}
      </DialogForm>
      {mails.length > 0 && (
        <TellDialog
          mails={mails}
          verb="Cancel charter"
          act={(notify) => {
            setMails([]);
            return attempt(saving, () => cancel(notify));
          }}
          onClose={() => setMails([])}
        />
      )}
    </Dialog>
  );
}

/** `$600.00 was paid: $400.00 to give back.` */
function moneyText({ currency }: Charter, held_cents: number, fee_cents: number): string {
  const money = (cents: number) => formatMoney(cents, currency);
  const paid = held_cents > 0 ? `${money(held_cents)} was paid` : "Nothing was paid";
  if (held_cents === fee_cents) return `${paid}: nothing is due, and nothing to give back.`;
  return held_cents > fee_cents
    ? `${paid}: ${money(held_cents - fee_cents)} to give back.`
    : `${paid}: ${money(fee_cents - held_cents)} will be due.`;
}
