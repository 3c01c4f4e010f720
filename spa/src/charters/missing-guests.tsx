import { remindGuests } from "../data/api";
import { remembered } from "../data/charters";
import type { Charter, CharterWarning } from "../data/contract";
import { Button } from "../ui/button";
import { announce, announceFailure } from "../ui/notices";
import { useTask } from "../ui/task";
import { remindedText, shortList } from "../waivers/mailed-text";
import "./missing-guests.css";

/** On the board: who of the listed guests of a charter that takes signatures has not signed. */
export function MissingShort({ charter }: { charter: Charter }) {
  const missing = charter.waivers.missing ?? [];
  if (missing.length === 0) return null;
  return (
    <div class="missing-guests">
      <p title={missing.join(", ")}>
        <span class="missing">Missing:</span> {shortList(missing)}
      </p>
      <RemindButton charter={charter} />
    </div>
  );
}

/** Whether a mail can go to one of these guests. Of a charter that is only remembered no address is known. */
export function canReach({ event_id, guests }: Charter, ids: readonly string[]): boolean {
  return remembered.value.has(event_id) || guests.some(({ guest_id, email }) => email && ids.includes(guest_id));
}

interface RemindProps {
  charter: Charter;
  /** Left out, all of them. */
  guest?: { id: string; name: string };
  label?: string;
}

/** One tap; the server sends nobody two within six hours. */
export function RemindButton({ charter, guest, label = "Remind" }: RemindProps) {
  const { busy, run } = useTask("Nobody was reminded.", announceFailure);
  const reachable = canReach(charter, guest ? [guest.id] : (charter.waivers.missing_guest_ids ?? []));
  const remind = async () => {
    const answer = await remindGuests(charter.event_id, guest && [guest.id]);
    const { text, good } = remindedText(answer, charter.guests);
    announce(text, good ? "good" : "bad");
  };
  return (
    <Button disabled={busy || !reachable} onClick={() => void run(remind)}>
      {busy ? "Reminding…" : reachable ? label : `${label}: no email`}
      <span class="visually-hidden"> {guest ? guest.name : `who has not signed for ${charter.title}`}</span>
    </Button>
  );
}

/** On the board: what the admin should know before the charter sails, in a few words. */
export function WarningBadges({ charter }: { charter: Charter }) {
  // That too many come is told by the readiness.
  const warnings = charter.warnings.filter(({ code }) => code !== "over_passenger_limit");
  if (charter.status !== "scheduled" || warnings.length === 0) return null;
  return (
    <p class="row-warnings">
      {warnings.map((warning) => (
        <span key={warning.code} class="badge badge-due">
          {shortWarning(warning)}
        </span>
      ))}
    </p>
  );
}

const shortWarnings: Record<string, string> = {
  return_port_differs: "Ends in another port",
  captain_hours: "Captain over 12 hours",
};

/** A warning in a few words; one that is not in the table is shown in full. */
function shortWarning({ code, message }: CharterWarning): string {
  return shortWarnings[code] ?? message;
}
