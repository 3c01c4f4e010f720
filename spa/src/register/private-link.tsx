import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog/dialog-form";
import { announce } from "../ui/notices";

interface Props {
  label: string;
  url: string;
  /** Makes a new address and shows it. */
  renew(): Promise<unknown>;
  /** What the link opens, and what becomes of the one before. */
  children: ComponentChildren;
}

/** An address that opens something for whoever has it: to copy, and to replace when it is in wrong hands. */
export function PrivateLink({ label, url, renew, children }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [asking, setAsking] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      announce(`Copied: ${label.toLowerCase()}.`);
    } catch {
      input.current?.select();
      announce("Copying is not allowed here. The link is selected: copy it by hand.", "bad");
    }
  };
  return (
    <div class="stack">
      <div class="field">
        <label for={id}>{label}</label>
        <p class="link-row private-link">
          <input ref={input} id={id} class="link-text" readOnly value={url} />
          <Button onClick={() => void copy()}>Copy link</Button>
          <Button onClick={() => setAsking(true)}>New link…</Button>
        </p>
      </div>
      <div class="hint">{children}</div>
      {asking && (
        <ConfirmDialog
          title="New link?"
          submit="Make a new link"
          back="Keep this one"
          doing="Making it…"
          failed="Not done."
          danger
          act={() => renew().then(() => announce("The link before opens nothing now. Copy the new one."))}
          onClose={() => setAsking(false)}
        >
          <p>
            <strong>The link before stops working at once.</strong> Whoever uses it needs the new one.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
