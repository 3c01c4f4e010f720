import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../data/api";
import { Observable, useValue } from "../lib/observable";
import { browserTimezone, formatRecent } from "../lib/time";

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
      <path class="mark-main" d="M33 6v34H12C16 28 24 14 33 6z" />
      <path class="mark-jib" d="M37 15c8 5 13 14 15 25H37z" />
      <path class="mark-hull" d="M6 45h52c-2 8-7 13-14 13H20C13 58 8 53 6 45z" />
    </svg>
  );
}

/** Names the page in the tab and in the history. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Ship Captain Crew`;
  }, [title]);
}

interface Notice {
  text: string;
  tone: "good" | "bad";
}

const notice = new Observable<Notice | null>(null);
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

/** Says something at the bottom of the screen and to screen readers. */
export function announce(text: string, tone: Notice["tone"] = "good"): void {
  clearTimeout(noticeTimer);
  notice.value = { text, tone };
  noticeTimer = setTimeout(() => {
    notice.value = null;
  }, 9_000);
}

export function Notices() {
  const shown = useValue(notice);
  return (
    <div class="notices" role="status">
      {shown && <p class={`notice notice-${shown.tone}`}>{shown.text}</p>}
    </div>
  );
}

/** The second tap of a double tap comes within this time of the first. */
const DOUBLE_TAP_MS = 500;

interface DialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
  wide?: boolean;
  /** For a dialog that must not show what is behind it. */
  opaque?: boolean;
  /** False when Esc and the cross must not close it. */
  closable?: boolean;
  /** As high as the window lets it be. Its frame answers the tap, what is in it comes a picture later. */
  tall?: boolean;
}

/** False for a component's first picture, true from then on. */
export function useDrawn(): boolean {
  const [drawn, setDrawn] = useState(false);
  useEffect(() => setDrawn(true), []);
  return drawn;
}

/** The browser's own modal dialog: it holds the focus, closes with Esc and gives the focus back. */
export function Dialog({
  title,
  onClose,
  children,
  wide,
  opaque,
  closable = true,
  tall = false,
}: DialogProps) {
  const drawn = useDrawn();
  const whole = drawn || !tall;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const opened_ms = useRef(performance.now());

  // The second tap on what opened the dialog is not meant for what now lies under the finger.
  const dropSecondTap = (click: MouseEvent) => {
    if (click.detail > 1 && click.timeStamp - opened_ms.current < DOUBLE_TAP_MS) {
      click.preventDefault();
      click.stopPropagation();
    }
  };

  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const element = dialog.current;
    element?.showModal();
    return () => {
      if (element?.open) element.close();
      const lost = !document.activeElement || document.activeElement === document.body;
      if (lost || element?.contains(document.activeElement)) {
        (opener?.isConnected ? opener : document.querySelector<HTMLElement>("h1"))?.focus();
      }
    };
  }, []);
  useLayoutEffect(() => {
    if (whole) dialog.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, [whole]);

  return (
    <dialog
      ref={dialog}
      class={`dialog${wide ? " dialog-wide" : ""}${opaque ? " dialog-opaque" : ""}${whole ? "" : " dialog-coming"}`}
      aria-labelledby={titleId}
      onClickCapture={dropSecondTap}
      onCancel={(event) => {
        if (!closable) event.preventDefault();
      }}
      onClose={(event) => {
        // Taken off the page, it closes too; that is not the visitor's wish.
        if ((event.currentTarget as HTMLElement).isConnected) onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {/* Not before the rest, or it had the focus, and a second Enter would close the dialog. */}
        {closable && whole && (
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M5 5l14 14M19 5L5 19" />
            </svg>
          </button>
        )}
      </header>
      {whole && children}
    </dialog>
  );
}

interface FieldProps {
  label: string;
  error?: string | undefined;
  hint?: string | undefined;
  children(props: {
    id: string;
    "aria-invalid"?: true;
    "aria-describedby"?: string;
  }): ComponentChildren;
}

/** A label, its input, what helps to fill it in and what is wrong with it. */
export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""]
    .filter(Boolean)
    .join(" ");
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      {children({
        id,
        ...(error ? { "aria-invalid": true as const } : {}),
        ...(described ? { "aria-describedby": described } : {}),
      })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** A load that failed: what is true about it, and the way to try again. */
export function Failed({
  what,
  error,
  onRetry,
}: {
  what: string;
  error: unknown;
  onRetry(): void;
}) {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{what}</p>
      <p>{sentence(error)}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

/** What shows is not of this moment: of when it is, and why. */
export function AsOf({
  at_ms,
  error,
  onRetry,
}: {
  at_ms: number;
  error: unknown;
  onRetry(): void;
}) {
  const since = formatRecent(new Date(at_ms).toISOString(), browserTimezone);
  const cut = error instanceof ApiError && ["network", "timeout"].includes(error.failure);
  return (
    <div class={`strip strip-${error === null || cut ? "wait" : "bad"}`} role="status">
      {error === null && <p>As of {since}. Loading what is new…</p>}
      {error !== null && (
        <p>{cut ? `As of ${since}, no connection.` : `As of ${since}. ${sentence(error)}`}</p>
      )}
      {error !== null && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What went wrong, as a sentence for the screen. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong on this page.";
}

/** Brings the first wrong field into view and under the cursor. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>('[aria-invalid="true"], .field-wrong input')?.focus();
  });
}

/** What had the focus may have gone with what was done: reading then goes on at the heading. */
export function keepFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  });
}

/** Room for what is not known yet, so that nothing jumps when it comes. */
export function Skeleton({ rows, kind = "card" }: { rows: number; kind?: "card" | "line" }) {
  return (
    <div class="skeletons" aria-busy="true">
      <p class="visually-hidden">Loading…</p>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class={`skeleton skeleton-${kind}`} />
      ))}
    </div>
  );
}

/** What the server says about fields, each as a sentence to stand beside its field. */
export function sentences(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, rule]) => [
      // `crew[0].email` and `crew.0.email` name the same field.
      name.replace(/\[(\d+)\]/g, ".$1"),
      `${rule.charAt(0).toUpperCase()}${rule.slice(1)}${/[.!?]$/.test(rule) ? "" : "."}`,
    ]),
  );
}
