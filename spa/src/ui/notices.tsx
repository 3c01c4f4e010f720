import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
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

/** Says something on the screen and to screen readers. `undo` reverses it, and announces its own outcome. */
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
  useEffect(() => {
    document.addEventListener("click", noteClick, true);
    return () => document.removeEventListener("click", noteClick, true);
  }, []);
  const shown = useValue(notice);
  const box = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(false);
  useLayoutEffect(() => {
    if (!shown) return;
    setAtTop(false);
    // A dialog that closes gives the focus back a moment later.
    const frame = requestAnimationFrame(() => setAtTop(subjects().some((subject) => covers(box.current, subject))));
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

let clicked: Element | null = null;

function noteClick({ target }: MouseEvent): void {
  clicked = target instanceof Element ? target : null;
}

/** What was acted upon: the rows of what has the focus, and of what was clicked, which loses it while it is busy. */
function subjects(): Element[] {
  return [document.activeElement, clicked]
    .filter((found) => found !== null && found !== document.body && found.isConnected)
    .flatMap((found) => found?.closest("article, li, tr") ?? found ?? []);
}

function covers(box: Element | null, subject: Element): boolean {
  if (!box) return false;
  const over = box.getBoundingClientRect();
  const under = subject.getBoundingClientRect();
  return under.bottom > over.top && under.top < over.bottom;
}
