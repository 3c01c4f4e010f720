import { useState } from "preact/hooks";
import type { RecordDetail } from "../data/contract";
import { eraseWaiver } from "../data/later-api";
import { reasonLimits } from "../data/later-limits";
import { isBlank } from "../lib/names";
import { Dialog } from "../ui/dialog/dialog";
import { DialogForm } from "../ui/dialog/dialog-form";
import { TextInput } from "../ui/form/text-input";
import { useForm } from "../ui/form/use-form";

interface Props {
  record: RecordDetail;
  onErased(record: RecordDetail): void;
  onClose(): void;
}

/** Asks twice, by a reason and a tick, before personal data is gone for good. */
export function EraseDialog({ record, onErased, onClose }: Props) {
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  const { form, errors, failure, doing, attempt } = useForm();
  const { event_id, waiver_id, minor } = record;

  const submit = () => {
    const wrong = {
      ...(isBlank(reason) ? { reason: "Say why, in a few words." } : {}),
      ...(sure ? {} : { sure: "Tick this too: nothing brings the data back." }),
    };
    return attempt({ doing: "Erasing…", failed: "Not erased.", wrong }, async () => {
      onErased(await eraseWaiver(event_id, waiver_id, reason.trim()));
      onClose();
    });
  };

  return (
    <Dialog title="Erase personal data" onClose={onClose}>
      <DialogForm
        form={form}
        submit="Erase for good"
        onSubmit={submit}
        back="Back"
        onClose={onClose}
        doing={doing}
        failure={failure}
        danger
      >
        <p>
          <strong>Goes for good:</strong> the name <bdi>{record.participant_name}</bdi>, here, on the guest list and on
          the manifest; birth date, email, phone, the signature, typed and drawn, the internet address and the browser;
          the mails about it, and the link in the signer’s copy.
        </p>
        <p>
          <strong>Stays:</strong> that somebody signed this text for this charter, when, and its proof in the log. They
          count as before, as “Erased guest”.{" "}
          {minor
            ? "The record of the adult who signed stays as it is: erase it by itself."
            : "The record of a minor whom they signed for keeps their name and no more of them: erase it by itself."}
        </p>
        <p>
          <strong>This cannot be undone.</strong> Mails that have arrived cannot be called back, and the database’s
          backups forget within 35 days.
        </p>
        <TextInput
          label="Reason"
          hint="It stays with the record: do not name the guest."
          error={errors.reason}
          first
          most={reasonLimits.reason.most}
          value={reason}
          onInput={setReason}
        />
        <div class={errors.sure ? "field field-wrong" : "field"}>
          <label class="check">
            <input
              type="checkbox"
              checked={sure}
              aria-invalid={errors.sure ? true : undefined}
              aria-describedby={errors.sure ? "erase-sure" : undefined}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />
            <span>I want this data gone for good.</span>
          </label>
          {errors.sure && (
            <p class="error" id="erase-sure">
              {errors.sure}
            </p>
          )}
        </div>
      </DialogForm>
    </Dialog>
  );
}
