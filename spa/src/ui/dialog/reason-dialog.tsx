import { useState } from "preact/hooks";
import { reasonLimits } from "../../data/later-limits";
import { isBlank } from "../../lib/names";
import { TextInput } from "../form/text-input";
import { useForm } from "../form/use-form";
import { Dialog } from "./dialog";
import { DialogForm } from "./dialog-form";

interface Props {
  title: string;
  explanation: string;
  button: string;
  /** What most likely is the reason. */
  likely?: string;
  act(reason: string): Promise<void>;
  onClose(): void;
}

/** Asks why, for what cannot be taken back. */
export function ReasonDialog({ title, explanation, button, likely = "", act, onClose }: Props) {
  const [reason, setReason] = useState(likely);
  const { form, errors, failure, doing, attempt } = useForm();

  const submit = () => {
    const wrong = isBlank(reason) ? { reason: "Say why, in a few words." } : {};
    return attempt({ doing: "Saving…", failed: "Not saved.", wrong }, () => act(reason.trim()).then(onClose));
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm
        form={form}
        submit={button}
        onSubmit={submit}
        back="Back"
        onClose={onClose}
        doing={doing}
        failure={failure}
        danger
      >
        <p>{explanation}</p>
        <TextInput
          label="Reason"
          error={errors.reason}
          first
          most={reasonLimits.reason.most}
          value={reason}
          onInput={setReason}
        />
      </DialogForm>
    </Dialog>
  );
}
