import type { Charter } from "../data/contract";
import { href } from "../lib/browser/router";
import { conflictText, overrideText } from "../ui/schedule/conflict-text";

/** What is booked at the same time, while it is, and why it was booked all the same. */
export function Conflicts({ charter }: { charter: Charter }) {
  return (
    <div id="conflicts" class="strip strip-bad">
      <p>
        <strong>Double-booked.</strong> {overrideText(charter)}
      </p>
      <ul class="rows">
        {charter.conflicts.map((conflict) => {
          const text = conflictText(conflict, charter.timezone);
          return (
            <li key={text}>{conflict.event_id ? <a href={href(`/events/${conflict.event_id}`)}>{text}</a> : text}</li>
          );
        })}
      </ul>
    </div>
  );
}
