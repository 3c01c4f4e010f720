import { useState } from "preact/hooks";
import type { ReceivableJson } from "../../data/contract";
import { sendStatement } from "../../data/later-api";
import { charterLimits } from "../../data/later-limits";
import { href } from "../../lib/browser/router";
import { formatMoney } from "../../lib/money";
import { today } from "../../lib/periods";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import { unplaced } from "../../ui/form/field";
import { TextInput } from "../../ui/form/text-input";
import { useForm } from "../../ui/form/use-form";
import { announce } from "../../ui/notices";

/** Mails what is due, by when and how to pay it, to the patron or to who pays for them. */
export function StatementDialog({ of, onSent, onClose }: { of: ReceivableJson; onSent(): void; onClose(): void }) {
  const [to, setTo] = useState(of.patron.email);
  const [due_date, setDueDate] = useState("");
  const [note, setNote] = useState("");
  const { form, errors, failure, doing, attempt } = useForm();
  const submit = () => {
    const wrong = to.trim() === "" ? { to: "Enter an email address." } : {};
    return attempt({ doing: "Sending…", failed: "Not sent.", wrong }, async () => {
      const sent = await sendStatement(of.event_id, {
        ...(to.trim() === of.patron.email ? {} : { to: to.trim() }),
        ...(due_date ? { due_date } : {}),
        ...(note.trim() ? { note: note.trim() } : {}),
      });
      announce(`Statement ${sent.number} goes to ${sent.to}.`);
      onSent();
      onClose();
    });
  };
  return (
    <Dialog title="Mail statement" onClose={onClose}>
      <DialogForm
        form={form}
        submit="Mail statement"
        onSubmit={submit}
        onClose={onClose}
        doing={doing}
        failure={[failure, unplaced(errors, ["to", "due_date", "note"])].filter(Boolean).join(" ")}
      >
        <p class="dialog-about">
          <strong>{of.title}</strong>
          <span>{formatMoney(of.due_cents, of.currency)} due</span>
        </p>
        <p>
          It tells its number, what is due and how to pay, as <a href={href("/settings")}>the settings</a> say.
        </p>
        <TextInput
          label="To"
          type="email"
          first
          most={charterLimits.patron.email.most}
          error={errors.to}
          hint="Instead of the patron, such as a company’s bookkeeping."
          value={to}
          onInput={setTo}
        />
        <TextInput
          label="Due by (optional)"
          type="date"
          error={errors.due_date}
          hint={
            of.ends_at.slice(0, 10) < today() ? "Without a day: on receipt." : "Without a day: when the charter begins."
          }
          value={due_date}
          onInput={setDueDate}
        />
        <TextInput label="Note (optional)" rows={2} error={errors.note} value={note} onInput={setNote} />
      </DialogForm>
    </Dialog>
  );
}
