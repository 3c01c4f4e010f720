import { Observable, useValue } from "../lib/observable";
import "./notices.css";

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

export function announceFailure(text: string): void {
  announce(text, "bad");
}

export function Notices() {
  const shown = useValue(notice);
  return (
    <div class="notices no-print" role="status">
      {shown && <p class={`notice notice-${shown.tone}`}>{shown.text}</p>}
    </div>
  );
}
