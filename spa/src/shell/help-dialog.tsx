import { useState } from "preact/hooks";
import { Dialog } from "../ui/dialog/dialog";
import { areShortcutsOn, turnShortcuts } from "./shortcuts";
import "./help-dialog.css";

const keys = [
  ["n", "New charter"],
  ["/", "Search the board"],
  ["↓ ↑", "From row to row, and from the search to the first one"],
  ["Enter", "Open the charter"],
  ["m", "In the week: move a charter or a hold"],
  ["Esc", "Close a dialog"],
  ["?", "This list"],
] as const;

/** What the keys do, and the way to switch the single letters off. */
export function HelpDialog({ onClose }: { onClose(): void }) {
  const [on, setOn] = useState(areShortcutsOn);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div class="dialog-body">
        <dl class="keys">
          {keys.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input
            type="checkbox"
            checked={on}
            onChange={({ currentTarget: { checked } }) => {
              turnShortcuts(checked);
              setOn(checked);
            }}
          />
          <span>
            Single keys act on this device
            <small>
              Untick it when you dictate to this device. “?” then opens this list no more; it is under “Keys”.
            </small>
          </span>
        </label>
      </div>
    </Dialog>
  );
}
