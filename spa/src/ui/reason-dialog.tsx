import { useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import { reasonLimits } from "../data/limits";
import { Dialog } from "./dialog";
import { focusFirstError, sentences } from "./field";
import { FormFooter } from "./form-footer";
import { sentence } from "./page";
import { TextInput } from "./text-input";

interface Props {
  title: string;
  explanation: string;
  button: string;
  act(reason: string): Promise<void>;
  onClose(): void;
}

/** Asks why, for what cannot be taken back. */
export function ReasonDialog({ title, explanation, button, act, onClose }: Props) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState("");
  const [failure, setFailure] = useState("");
  const [saving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (saving) return;
    setFailure("");
    setError(reason.trim() ? "" : "Say why, in a few words.");
    if (!reason.trim()) {
      focusFirstError(form.current);
      return;
    }
    setSaving(true);
    try {
      await act(reason.trim());
      onClose();
      return;
    } catch (error) {
      if (error instanceof ApiError && error.fields.reason) setError(sentences(error.fields).reason ?? "");
      setFailure(`Not saved. ${sentence(error)}`);
    }
    setSaving(false);
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} onSubmit={submit} noValidate>
        <div class="dialog-body">
          <p>{explanation}</p>
          <TextInput
            label="Reason"
            error={error}
            first
            most={reasonLimits.reason.most}
            value={reason}
            onInput={setReason}
          />
        </div>
        <FormFooter
          submit={button}
          back="Back"
          onBack={onClose}
          doing={saving ? "Saving…" : ""}
          failure={failure}
          danger
        />
      </form>
    </Dialog>
  );
}
