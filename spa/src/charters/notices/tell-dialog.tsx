import type { NoticePreview } from "../../data/contract";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog/dialog";
import { DialogForm } from "../../ui/dialog/dialog-form";
import "./tell-dialog.css";

export type PreviewedMail = NoticePreview["mails"][number];

interface Props {
  mails: readonly PreviewedMail[];
  /** What else would be mailed, in a sentence. */
  besides?: string;
  /** What is done, as a button says it: "Save". */
  verb: string;
  /** Closes this dialog, does it and says itself what went wrong. */
  act(notify: boolean): Promise<unknown>;
  onClose(): void;
}

/** Before a change is made: who would be mailed of it, with the words, and whether they are. */
export function TellDialog({ mails, besides, verb, act, onClose }: Props) {
  const people = mails.length === 1 ? "1 person" : `${mails.length} people`;

  return (
    <Dialog title="Tell them?" onClose={onClose} wide>
      <DialogForm
        submit={`${verb} and mail ${people}`}
        onSubmit={() => act(true)}
        back="Back"
        beside={<Button onClick={() => void act(false)}>{verb} without mail</Button>}
        onClose={onClose}
        doing=""
        failure=""
        backFirst
      >
        <p>Nothing is saved yet. These mails would go out; open one to read it.</p>
        <ul class="told">
          {mails.map(({ to, name, subject, text }) => (
            <li key={to}>
              <details>
                <summary>
                  {name && <bdi>{name}</bdi>} <bdi>{to}</bdi>
                </summary>
                <p>
                  <strong>{subject}</strong>
                </p>
                <pre>{text}</pre>
              </details>
            </li>
          ))}
        </ul>
        {besides && <p>{besides}</p>}
      </DialogForm>
    </Dialog>
  );
}
