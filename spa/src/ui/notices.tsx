import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Observable, useValue } from "../lib/observable";
import { Button } from "./button";
import "./notices.css";

interface Notice {
  text: string;
  tone: "good" | "bad";
  undo: (() => Promise<unknown>) | undefined;
}

/** Long enough to read two sentences, and to take something back. */
const SHOWN_MS = 9_000;

const notice = new Observable<Notice | null>(null);
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

/** Says something on the screen and to screen readers. `undo` takes back what is said to be done; it tells by itself how that went. */
export function announce(text: string, tone: Notice["tone"] = "good", undo?: () => Promise<unknown>): void {
  clearTimeout(noticeTimer);
  notice.value = { text, tone, undo };
  noticeTimer = setTimeout(() => {
    notice.value = null;
  }, SHOWN_MS);
}

export function announceFailure(text: string): void {
  announce(text, "bad");
}

/** At the bottom of the screen; at its top while what is spoken of lies at the bottom. */
export function Notices() {
  const shown = useValue(notice);
  const box = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(false);
  useLayoutEffect(() => {
    if (!shown) return;
    setAtTop(false);
    // A dialog that closes gives the focus back a moment later.
    const frame = requestAnimationFrame(() => setAtTop(covers(box.current, subject())));
    return () => cancelAnimationFrame(frame);
  }, [shown]);
  const undo = () => {
    notice.value = null;
    void shown?.undo?.();
  };
  return (
    <div class={`notices no-print${atTop ? " notices-top" : ""}`} role="status">
      {shown && (
        <div ref={box} class={`notice notice-${shown.tone}`}>
          <p>{shown.text}</p>
          {shown.undo && <Button onClick={undo}>Undo</Button>}
        </div>
      )}
    </div>
  );
}

/** What was acted upon: the row, or the part of the page, that has the focus. */
function subject(): Element | null {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  return focused.closest("article, li, tr") ?? focused;
}

function covers(box: Element | null, subject: Element | null): boolean {
  if (!box || !subject) return false;
  const over = box.getBoundingClientRect();
  const under = subject.getBoundingClientRect();
  return under.bottom > over.top && under.top < over.bottom;
}
