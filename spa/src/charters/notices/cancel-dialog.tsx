import { useRef, useState } from "preact/hooks";
import { records } from "../../data/charters";
import type { Charter } from "../../data/contract";
import { previewCancel } from "../../data/later-api";
import { reasonLimits } from "../../data/later-limits";
import { methods } from "../../data/limits";
import { nowMs } from "../../lib/clock";
import { formatMoney, parseMoney, plainAmount } from "../../lib/money";
import { isBlank } from "../../lib/names";
import { useValue } from "../../lib/observable";
import { uuid7 } from "../../lib/uuid";
import { Button } from "../../ui/button";
import { ChooseCharter, Chosen } from "../../ui/choose-charter";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { Choices } from "../../ui/form/choices";
import type { Errors } from "../../ui/form/field";
import { TextInput } from "../../ui/form/text-input";
import { useForm } from "../../ui/form/use-form";
import { announce } from "../../ui/notices";
import { cancelWithMoney } from "./cancel-act";
import { type GiveBack, heldCents, moves, type Part, refunds } from "./cancel-money";
import { type PreviewedMail, TellDialog } from "./tell-dialog";

/** Asks why a charter is cancelled, what it is charged, what becomes of what was paid; then who is told. */
export function CancelDialog({ charter, onClose }: { charter: Charter; onClose(): void }) {
  const { event_id, currency } = charter;
  const [reason, setReason] = useState("");
  const [fee, setFee] = useState(plainAmount(charter.cancellation_fee_cents, currency));
  const [giveBack, setGiveBack] = useState<GiveBack>("later");
  /** What was typed of how much goes back or moves; null for all of it. */
  const [part, setPart] = useState<string | null>(null);
  const [to, setTo] = useState<Charter | null>(null);
  const [opened_ms] = useState(nowMs);
  const [mails, setMails] = useState<readonly PreviewedMail[]>([]);
  const { form, errors, failure, doing, attempt } = useForm();
  const newIds = useRef(new Map<string, string>());
  const payments = useValue(records).get(event_id)?.payments ?? [];
  const held_cents = heldCents(charter);
  const hasMoney = charter.charter_fee_cents > 0 || held_cents > 0;
  const parsed = parseMoney(fee, currency, { least: 0, most: charter.charter_fee_cents });
  const fee_cents = parsed.cents ?? 0;
  const back_cents = Math.max(held_cents - fee_cents, 0);
  const chosen = back_cents > 0 ? giveBack : "later";
  const parsedPart = parseMoney(part ?? plainAmount(back_cents, currency), currency, { least: 1, most: back_cents });
  const part_cents = parsedPart.cents ?? 0;
  const refunded = chosen === "refund" ? refunds(payments, part_cents) : [];
  const moved = chosen === "move" ? moves(payments, part_cents) : null;

  const idFor = (name: string) => {
    const id = newIds.current.get(name) ?? uuid7();
    newIds.current.set(name, id);
    return id;
  };

  const cancel = async (notify: boolean) => {
    const asked = { charter, reason: reason.trim(), fee_cents, refunds: refunded, notify, idFor };
    await cancelWithMoney({ ...asked, moves: moved && to && { parts: moved, to } });
    announce(notify ? "The charter is cancelled, and the mails are on their way." : "The charter is cancelled.");
    onClose();
  };

  const ask = async () => {
    const found = (await previewCancel(event_id, fee_cents, moved ? part_cents : 0)).mails;
    if (found.length === 0) await cancel(false);
    else setMails(found);
  };

  const saving = { doing: "Saving…", failed: "Not saved.", wrong: {} };
  const wrong: Errors = {
    ...(isBlank(reason) ? { reason: "Say why, in a few words." } : {}),
    ...(hasMoney && parsed.error ? { cancellation_fee_cents: parsed.error } : {}),
    ...(chosen !== "later" && parsedPart.error ? { part: parsedPart.error } : {}),
    ...(chosen === "move" && !parsedPart.error && !moved ? { part: NOT_MOVABLE } : {}),
    ...(chosen === "move" && !to ? { to: "Choose the charter that it is for." } : {}),
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
            names={{ later: "Decide later", refund: "Refund it", move: "Another charter" }}
            value={giveBack}
            small
            onChoose={(chosen: GiveBack) => setGiveBack(chosen)}
          />
        )}
        {chosen !== "later" && (
          <TextInput
            label={`${chosen === "move" ? "How much moves" : "How much goes back"} (${currency})`}
            inputMode="decimal"
            error={errors.part}
            hint={
              part_cents > 0 && part_cents < back_cents
                ? `${formatMoney(back_cents - part_cents, currency)} stays to give back later.`
                : undefined
            }
            value={part ?? plainAmount(back_cents, currency)}
            onInput={setPart}
          />
        )}
        {refunded.length > 0 && (
          <ul>
            {refunded.map(({ payment, cents }) => (
              <li key={payment.payment_id}>
                {formatMoney(cents, currency)} goes back to {payment.payer || "the patron"}, as it came
              </li>
            ))}
          </ul>
        )}
        {chosen === "move" &&
          (to ? (
            <Chosen>
              It counts for <strong>{to.title}</strong> from then on.{" "}
              <Button class="quiet" onClick={() => setTo(null)}>
                Change
              </Button>
            </Chosen>
          ) : (
            <ChooseCharter at_ms={opened_ms} from={charter} onChoose={setTo} />
          ))}
        {chosen === "move" && part_cents > 0 && (moved ? <Divided parts={moved} /> : <p>{NOT_MOVABLE}</p>)}
      </DialogForm>
      {mails.length > 0 && (
        <TellDialog
          mails={mails}
          besides={besidesText(charter, refunded, moved ? to : null)}
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

const NOT_MOVABLE = "A payment of which a part was given back cannot move. Refund it, or move less.";

/** What happens to a payment of which only a part moves. */
function Divided({ parts }: { parts: readonly Part[] }) {
  return (
    <>
      {parts.map(({ payment, cents }) => {
        const money = (cents: number) => formatMoney(cents, payment.currency);
        const rest_cents = payment.amount_cents - cents;
        return (
          rest_cents > 0 && (
            <p key={payment.payment_id}>
              The {money(payment.amount_cents)} {methods[payment.method].name} is struck through here. It becomes{" "}
              {money(cents)} there and {money(rest_cents)} here, both received when it was.
            </p>
          )
        );
      })}
    </>
  );
}

/** The mails about money that go out beside those about the cancellation. */
function besidesText({ patron }: Charter, refunded: readonly Part[], to: Charter | null): string {
  const emails = [...new Set([patron.email, to?.patron.email ?? ""].filter(Boolean))].join(" and ");
  if (!emails) return "";
  if (to) return `${emails} ${emails.includes(" and ") ? "get" : "gets"} a mail that it counts for ${to.title}, too.`;
  if (refunded.length === 0) return "";
  return `${patron.email} gets a receipt for ${refunded.length === 1 ? "the refund" : "each refund"}, too.`;
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
