import type { ComponentChildren, RefObject } from "preact";
import { Button } from "../button";
import { useTask } from "../task";
import { Dialog } from "./dialog";

interface DialogFormProps {
  form?: RefObject<HTMLFormElement | null>;
  submit: string;
  onSubmit(): Promise<unknown>;
  back?: string;
  /** Another way to go on, beside the button. */
  beside?: ComponentChildren;
  onClose(): void;
  /** What is being done; empty while nothing is. Until it is done nothing is submitted. */
  doing: string;
  failure: string;
  danger?: boolean;
  /** Something above has to be answered first: the button does not stand out. */
  later?: boolean;
  /** Whether the focus starts at the way back, so that one Enter too many does nothing. */
  backFirst?: boolean;
  children: ComponentChildren;
}

/** The form of a dialog: below its fields what is being done, what went wrong, the way back and the button. */
export function DialogForm(props: DialogFormProps) {
  const { form, submit, onSubmit, back = "Cancel", onClose, doing, failure, children } = props;
  const send = (event: Event) => {
    event.preventDefault();
    if (doing === "") void onSubmit();
  };
  return (
    <form ref={form ?? null} onSubmit={send} noValidate>
      <div class="dialog-body">{children}</div>
      <footer class="dialog-foot">
        <div class="dialog-status">
          <p role="status">{doing}</p>
          <p role="alert" class="error">
            {failure}
          </p>
        </div>
        <Button data-first={props.backFirst || undefined} onClick={onClose}>
          {back}
        </Button>
        {props.beside}
        <button
          type="submit"
          class={props.later ? undefined : props.danger ? "primary danger" : "primary"}
          disabled={doing !== ""}
        >
          {submit}
        </button>
      </footer>
    </form>
  );
}

interface ConfirmProps extends Pick<DialogFormProps, "submit" | "danger" | "onClose" | "children"> {
  title: string;
  back: string;
  doing: string;
  /** Begins the sentence about a failure. */
  failed: string;
  act(): Promise<unknown>;
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog({ title, doing, failed, act, ...form }: ConfirmProps) {
  const { busy, failure, run } = useTask(failed);
  const submit = () => run(() => act().then(form.onClose));
  return (
    <Dialog title={title} onClose={form.onClose}>
      <DialogForm {...form} onSubmit={submit} doing={busy ? doing : ""} failure={failure} backFirst />
    </Dialog>
  );
}
