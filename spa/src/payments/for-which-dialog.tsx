import { useState } from "preact/hooks";
import { href } from "../lib/browser/router";
import { nowMs } from "../lib/clock";
import { ChooseCharter } from "../ui/choose-charter";
import { Dialog } from "../ui/dialog/dialog";

export interface ForWhichProps {
  onChoose(event_id: string): void;
  onClose(): void;
}

/** Asks for which charter a payment is logged. */
export function ForWhichDialog({ onChoose, onClose }: ForWhichProps) {
  // The order must not change under a finger.
  const [at_ms] = useState(nowMs);
  return (
    <Dialog title="Log payment" onClose={onClose} full>
      <div class="dialog-body">
        <ChooseCharter at_ms={at_ms} onChoose={({ event_id }) => onChoose(event_id)} />
        <p>
          <a href={href("/payments/owed")} onClick={onClose}>
            Show all who owe
          </a>
        </p>
      </div>
    </Dialog>
  );
}
