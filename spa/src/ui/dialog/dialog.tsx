import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { openLayer } from "../../lib/browser/layers";
import { Button } from "../button";
import "./dialog.css";

/** The second tap of a double tap comes within this time of the first. */
const DOUBLE_TAP_MS = 500;

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
  wide?: boolean;
  /** It takes the whole screen of a phone. */
  full?: boolean;
  /** For a dialog that must not show what is behind it. */
  opaque?: boolean;
  /** False when Esc and the cross must not close it. */
  closable?: boolean;
}

/** The browser's own modal dialog: it holds the focus, closes with Esc and Back, and gives the focus back. */
export function Dialog({ title, onClose, children, wide, full, opaque, closable = true }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const opened_ms = useRef(performance.now());
  const close = useRef(onClose);
  close.current = onClose;

  // The second tap on what opened the dialog is not meant for what now lies under the finger.
  const dropSecondTap = (click: MouseEvent) => {
    if (click.detail > 1 && click.timeStamp - opened_ms.current < DOUBLE_TAP_MS) {
      click.preventDefault();
      click.stopPropagation();
    }
  };

  useLayoutEffect(() => openLayer(closable ? () => close.current() : null), []);

  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      if (element?.open) element.close();
      const lost = !document.activeElement || document.activeElement === document.body;
      if (lost || element?.contains(document.activeElement)) {
        // A row that went to another section meanwhile has a button of the same id there.
        const there = opener?.isConnected ? opener : document.getElementById(opener?.id ?? "");
        (there ?? document.querySelector<HTMLElement>("h1"))?.focus();
      }
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={`dialog${wide ? " dialog-wide" : ""}${full ? " dialog-full" : ""}${opaque ? " dialog-opaque" : ""}`}
      aria-labelledby={titleId}
      onClickCapture={dropSecondTap}
      onCancel={(event) => {
        if (!closable) event.preventDefault();
      }}
      onClose={(event) => {
        // Taken off the page, it closes too; that is not what the visitor asked for.
        if ((event.currentTarget as HTMLElement).isConnected) onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {closable && (
          <Button class="icon-button" aria-label="Close" onClick={onClose}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M5 5l14 14M19 5L5 19" />
            </svg>
          </Button>
        )}
      </header>
      {children}
    </dialog>
  );
}
