import { useState } from "preact/hooks";
import { keepCharters } from "../../data/charters";
import type { Charter } from "../../data/contract";
import { cancelCharter, previewCancel } from "../../data/later-api";
import { reasonLimits } from "../../data/limits";
import { isBlank } from "../../lib/names";
import { Dialog } from "../../ui/dialog";
import { DialogForm } from "../../ui/dialog-form";
import { useForm } from "../../ui/form";
import { announce } from "../../ui/notices";
import { TextInput } from "../../ui/text-input";
import { type PreviewedMail, TellDialog } from "./tell-dialog";

/** Asks why a charter is cancelled, then who is told. */
export function CancelDialog({ charter, onClose }: { charter: Charter; onClose(): void }) {
  const [reason, setReason] = useState("");
  const [mails, setMails] = useState<readonly PreviewedMail[]>([]);
  const { form, errors, failure, doing, attempt } = useForm();

  const cancel = async (notify: boolean) => {
    keepCharters([await cancelCharter(charter.event_id, reason.trim(), notify)]);
    announce(notify ? "The charter is cancelled, and the mails are on their way." : "The charter is cancelled.");
    onClose();
  };

  const ask = async () => {
    const found = (await previewCancel(charter.event_id)).mails;
    if (found.length === 0) await cancel(false);
    else setMails(found);
  };

  const saving = { doing: "Saving…", failed: "Not saved.", wrong: {} };
  const wrong = isBlank(reason) ? { reason: "Say why, in a few words." } : {};

  return (
    <Dialog title="Cancel charter" onClose={onClose}>
      <DialogForm
        form={form}
        submit="Cancel charter"
        onSubmit={() => attempt({ ...saving, wrong }, ask)}
        back="Back"
        onClose={onClose}
        doing={doing}
        failure={failure}
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
