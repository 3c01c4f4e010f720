import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog";
import { FormFooter } from "./form-footer";
import { useTask } from "./task";

interface Props {
  title: string;
  submit: string;
  back: string;
  doing: string;
  /** Begins the sentence about a failure. */
  failed: string;
  danger?: boolean;
  act(): Promise<unknown>;
  onClose(): void;
  children: ComponentChildren;
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog(props: Props) {
  const { title, submit, back, doing, failed, danger = false, act, onClose, children } = props;
  const { busy, failure, run } = useTask(failed);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      await act();
      onClose();
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <div class="dialog-body">{children}</div>
        <FormFooter
          submit={submit}
          back={back}
          onBack={onClose}
          doing={busy ? doing : ""}
          failure={failure}
          danger={danger}
          backFirst
        />
      </form>
    </Dialog>
  );
}
