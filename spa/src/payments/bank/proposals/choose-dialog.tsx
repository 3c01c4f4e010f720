import { useState } from "preact/hooks";
import { Dialog } from "../../../ui/dialog/dialog";
import { DialogForm } from "../../../ui/dialog/dialog-form";
import type { Choice } from "./review";
import { paymentText, rowText } from "./row-text";

interface Props {
  choices: readonly Choice[];
  onClose(): void;
  onChoose(choice: Choice): void;
}

/** Of several that fit the one that it is. */
export function ChooseDialog({ choices, onClose, onChoose }: Props) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [failure, setFailure] = useState("");
  const submit = async () => {
    const choice = chosen === null ? undefined : choices[chosen];
    if (choice) onChoose(choice);
    else setFailure("Choose one.");
  };
  const severalRows = new Set(choices.map(({ row }) => row.key)).size > 1;
  const [first] = choices;
  if (!first) return null;
  return (
    <Dialog title={severalRows ? "Which row is it?" : "Which payment is it?"} onClose={onClose}>
      <DialogForm submit="Clear" onSubmit={submit} onClose={onClose} doing="" failure={failure}>
        <p>{severalRows ? first.payments.map(paymentText).join("; ") : rowText(first.row)}</p>
        <fieldset class="field">
          <legend class="visually-hidden">{severalRows ? "Rows" : "Payments"}</legend>
          {choices.map(({ row, payments }, index) => (
            <label key={`${row.key} ${payments.map(({ payment_id }) => payment_id)}`} class="check">
              <input
                type="radio"
                name="choice"
                data-first={index === 0 || undefined}
                checked={chosen === index}
                onChange={() => setChosen(index)}
              />
              <span>{severalRows ? rowText(row) : payments.map(paymentText).join("; ")}</span>
            </label>
          ))}
        </fieldset>
      </DialogForm>
    </Dialog>
  );
}
